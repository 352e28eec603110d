/* Truth: the received text is part of the format of fmt.Printf. A message with `%` is printed wrong: `%d` becomes `%!d(MISSING)`, and
   `100%` becomes `100%!`, a newline and `(MISSING)`. Messages without `%` are right. The line with fmt.Printf must be
   `fmt.Printf("收到客户端信息：%s\n", msg)`. */
package main

import (
	"fmt"
	"net"
	"os"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:8023")
	if err != nil {
		fmt.Fprintln(os.Stderr, "bind:", err)
		os.Exit(1)
	}
	conn, err := listener.Accept()
	if err != nil {
		fmt.Fprintln(os.Stderr, "accept:", err)
		os.Exit(1)
	}
	listener.Close()
	defer conn.Close()
	fmt.Println("客户端成功连接")

	buf := make([]byte, 1000)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return // EOF or reset
		}
		msg := string(buf[:n])
		if msg == "exit" {
			return
		}
		fmt.Printf("收到客户端信息：" + msg + "\n")
	}
}
