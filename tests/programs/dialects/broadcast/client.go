// A right client in Go: a goroutine shows what the others say, whenever it comes. At the end the connection is closed, and the goroutine
// shows nothing more.
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
)

func show(server net.Conn, done chan<- struct{}) {
	defer close(done)
	lines := bufio.NewReader(server)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		os.Stdout.Write(line)
	}
}

func fail(step string, err error) {
	fmt.Fprintf(os.Stderr, "%s: %v\n", step, err)
	os.Exit(1)
}

func main() {
	server, err := net.Dial("tcp4", "127.0.0.1:7002")
	if err != nil {
		fail("connect", err)
	}
	fmt.Println("Connected")
	done := make(chan struct{})
	go show(server, done)

	typed := bufio.NewReader(os.Stdin)
	for {
		line, err := typed.ReadBytes('\n')
		if len(line) > 0 {
			if err != nil {
				line = append(line, '\n')
			}
			if _, err := server.Write(line); err != nil {
				fail("send", err)
			}
		}
		if err != nil || string(line) == "/quit\n" {
			break
		}
	}
	server.Close()
	<-done
}
