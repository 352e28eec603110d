// Wrong: its length has the newline in it.
// Breaks: server/message
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strings"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:5252")
	if err != nil {
		fmt.Fprintln(os.Stderr, "bind:", err)
		os.Exit(1)
	}
	for number := 1; number <= 3; number++ {
		connection, err := listener.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, "accept:", err)
			os.Exit(1)
		}
		fmt.Printf("%d. client\n", number)
		reader := bufio.NewReader(connection)
		for {
			line, err := reader.ReadString('\n')
			if err != nil {
				break
			}
			line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
			fmt.Printf("%s: %d\n", line, len(line)+1)
			fmt.Fprintf(connection, "%d bytes\n", len(line))
		}
		fmt.Println("left")
		connection.Close()
	}
}
