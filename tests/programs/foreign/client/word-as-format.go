/* Truth: the word is the format string of fmt.Fprintf. A `%` in it begins a directive that has no argument, so other text is sent:
   `100%` as `100%!(NOVERB)`, `%d` as `%!d(MISSING)`, and `%%` as `%`. Words without `%` are right. The line to change is the
   Fprintf: fmt.Fprint(conn, word), or conn.Write. */
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
)

// like bufio.ScanWords, but bytes only
func split(data []byte, atEOF bool) (int, []byte, error) {
	start := 0
	for start < len(data) && blank(data[start]) {
		start++
	}
	for i := start; i < len(data); i++ {
		if blank(data[i]) {
			return i + 1, data[start:i], nil
		}
	}
	if atEOF && len(data) > start {
		return len(data), data[start:], nil
	}
	return start, nil, nil
}

func blank(b byte) bool { return b == ' ' || b >= 9 && b <= 13 }

func main() {
	conn, err := net.Dial("tcp", "127.0.0.1:8023")
	if err != nil {
		fmt.Fprintf(os.Stderr, "connect: %v\n", err)
		os.Exit(1)
	}
	fmt.Println("连接服务器成功！")
	sc := bufio.NewScanner(os.Stdin)
	sc.Buffer(nil, 1<<24)
	sc.Split(split)
	for sc.Scan() {
		word := sc.Text()
		if _, err := fmt.Fprintf(conn, word); err != nil {
			fmt.Fprintf(os.Stderr, "send: %v\n", err)
			os.Exit(1)
		}
		if word == "exit" {
			break
		}
	}
	conn.Close()
}
