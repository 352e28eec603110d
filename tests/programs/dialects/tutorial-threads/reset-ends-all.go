/* Wrong: it takes a reset for an error of the whole program, so one client that is killed ends the server for all.
 * Breaks: server/reset */
package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:8023") // net.Listen sets SO_REUSEADDR.
	if err != nil {
		fail(err)
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			fail(err)
		}
		number := descriptor(connection.(*net.TCPConn))
		fmt.Printf("客户端%d成功连接\n", number) // One Printf is one write, and a file takes one write at a time.
		go serve(connection, number)
	}
}

func serve(connection net.Conn, number int) {
	defer connection.Close()
	buffer := make([]byte, 1000)
	for {
		length, err := connection.Read(buffer)
		if err == io.EOF || string(buffer[:length]) == "exit" {
			break
		}
		if err != nil {
			fail(err)
		}
		fmt.Printf("收到客户端%d信息：%s\n", number, buffer[:length])
	}
	fmt.Printf("客户端%d已断开\n", number)
}

func descriptor(connection *net.TCPConn) (number int) {
	raw, err := connection.SyscallConn()
	if err == nil {
		err = raw.Control(func(descriptor uintptr) { number = int(descriptor) })
	}
	if err != nil {
		fail(err)
	}
	return number
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
