/* A right server in Go: Write sends all that Read returned, or fails because the client has gone. Without `go`, the clients are served one
 * after the other. A defer in this loop would close no connection before the server ends. */
package main

import (
	"errors"
	"fmt"
	"net"
	"os"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:7000") // net.Listen sets SO_REUSEADDR.
	if err != nil {
		fail(err)
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			fail(err)
		}
		echo(connection)
	}
}

// echo returns at the end of the stream, or when the client has reset the connection.
func echo(connection net.Conn) {
	defer connection.Close()
	buffer := make([]byte, 1024)
	for {
		length, err := connection.Read(buffer)
		if err != nil {
			return
		}
		if _, err := connection.Write(buffer[:length]); err != nil {
			return
		}
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
