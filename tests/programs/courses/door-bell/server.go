// A right server: it counts its guests aloud.
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
)

var (
	lock   sync.Mutex
	guests int
)

func say(change int, format string, values ...any) {
	lock.Lock()
	defer lock.Unlock()
	guests += change
	fmt.Printf(format, values...)
	if change != 0 {
		fmt.Printf("(%d in the house)\n", guests)
	}
}

func serve(connection net.Conn) {
	defer connection.Close()
	port := connection.RemoteAddr().(*net.TCPAddr).Port
	say(1, "Guest on %d\n", port)
	defer say(-1, "Guest %d has gone\n", port)
	reader := bufio.NewReader(connection)
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if line == "quit" {
			return
		}
		say(0, "Guest %d: %s\n", port, line)
		fmt.Fprint(connection, "ok\n")
	}
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:6262")
	if err != nil {
		fmt.Fprintln(os.Stderr, "bind:", err)
		os.Exit(1)
	}
	fmt.Println("the door is open")
	for {
		connection, err := listener.Accept()
		if err == nil {
			go serve(connection)
		}
	}
}
