/* Truth: main calls Accept in an endless loop, and `return` in handle ends only the goroutine. So the server does not end at `exit` or
   when the client closes: it waits in Accept for the next client, and it greets and serves a second client too. The lines
   `for { … go handle(conn) }` must be one Accept and one `handle(conn)`. */
package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
)

// 处理客户端
func handle(conn net.Conn) {
	defer conn.Close()
	fmt.Println("客户端成功连接")
	buf := make([]byte, 1000)
	for {
		n, err := conn.Read(buf)
		if err != nil || bytes.Equal(buf[:n], []byte("exit")) {
			return
		}
		line := append([]byte("收到客户端信息："), buf[:n]...)
		os.Stdout.Write(append(line, '\n'))
	}
}

func main() {
	ln, err := net.Listen("tcp", "127.0.0.1:8023")
	if err != nil {
		fmt.Fprintf(os.Stderr, "bind: %v\n", err)
		os.Exit(1)
	}
	defer ln.Close()
	for {
		conn, err := ln.Accept()
		if err != nil {
			fmt.Fprintf(os.Stderr, "accept: %v\n", err)
			continue
		}
		go handle(conn)
	}
}
