/* Wrong: all clients share one variable for the connection, so a reply goes to the client that came last.
 * Breaks: server/many-clients */
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
)

var connection net.Conn

func serve() {
	port := connection.RemoteAddr().(*net.TCPAddr).Port
	reader := bufio.NewReader(connection)
	for count := 0; count < 2; count++ {
		line, err := reader.ReadBytes('\n')
		if err != nil {
			break
		}
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		os.Stdout.Write([]byte(fmt.Sprintf("%d said %s\n", port, line)))
		connection.Write(append(line, '\n'))
		if bytes.HasPrefix(line, []byte("再见")) {
			break
		}
	}
	connection.Close()
	os.Stdout.Write([]byte(fmt.Sprintf("%d went\n", port)))
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:9001")
	if err != nil {
		fmt.Fprintln(os.Stderr, "bind:", err)
		os.Exit(1)
	}
	os.Stdout.WriteString("on 9001\n")
	for {
		next, err := listener.Accept()
		if err != nil {
			continue
		}
		connection = next
		os.Stdout.Write([]byte(fmt.Sprintf("%d came\n", connection.RemoteAddr().(*net.TCPAddr).Port)))
		go serve()
	}
}
