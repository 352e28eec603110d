/* Truth: bufio.NewReader(os.Stdin) is created anew in each turn of the loop. Each reader takes up to 4096 bytes out of stdin, returns one
   line, and is thrown away with all that it has read beyond this line: lines that arrive together with an earlier one are lost, also
   an `exit`. The line to change is the bufio.NewReader: it belongs before the loop. */
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
)

func main() {
	conn, err := net.Dial("tcp", "127.0.0.1:8023")
	if err != nil {
		fmt.Fprintln(os.Stderr, "connect:", err)
		os.Exit(1)
	}
	defer conn.Close()
	fmt.Println("连接服务器成功！")

	for {
		reader := bufio.NewReader(os.Stdin)
		input, rerr := reader.ReadBytes('\n')
		words := bytes.FieldsFunc(input, func(r rune) bool {
			return r == ' ' || (r >= '\t' && r <= '\r')
		})
		for _, w := range words {
			if _, err := conn.Write(w); err != nil {
				fmt.Fprintln(os.Stderr, "write:", err)
				os.Exit(1)
			}
			if string(w) == "exit" {
				return
			}
		}
		if rerr != nil {
			return
		}
	}
}
