/* A right server in Go: net.Conn's Read returns what is there, and so one Read is one message. bufio.Scanner and io.ReadFull wait for a line
 * or a full buffer (server/message-split). Accept stands outside of the loop, without `go`: one client only (server/one-connection). */
package main

import (
	"errors"
	"fmt"
	"net"
	"os"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:8023") // net.Listen sets SO_REUSEADDR.
	if err != nil {
		fail(err)
	}
	defer listener.Close()
	connection, err := listener.Accept()
	if err != nil {
		fail(err)
	}
	defer connection.Close()
	fmt.Println("客户端成功连接")

	buffer := make([]byte, 1000)
	for {
		length, err := connection.Read(buffer)
		if err != nil || string(buffer[:length]) == "exit" {
			return // The end of the stream, a reset, or the token.
		}
		fmt.Printf("收到客户端信息：%s\n", buffer[:length])
	}
}

// fail names the system call that failed, as perror does: "bind: address already in use".
func fail(err error) {
	var call *os.SyscallError
	if errors.As(err, &call) {
		err = call
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
