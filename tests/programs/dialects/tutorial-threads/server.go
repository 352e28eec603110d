/* A right server in Go: a goroutine for each client. An error of one connection ends that goroutine: log.Fatal would end the server. The
 * descriptor is asked for while it is open: File() would return a copy with another number. */
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
		if err != nil || string(buffer[:length]) == "exit" {
			break // The end of the stream, a reset, or the token.
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
