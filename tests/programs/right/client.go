/* A right client in Go: input is read byte by byte from a bufio.Reader, which waits only when it has nothing left (client/prompt), and cut at
 * the six white space bytes. bufio.ScanWords and strings.Fields know Unicode's spaces, too (client/word-bytes), and a Scanner gives up at
 * a long word (client/long-word). */
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
)

func main() {
	server, err := net.Dial("tcp", "127.0.0.1:8023")
	if err != nil {
		fail(err)
	}
	defer server.Close()
	fmt.Println("连接服务器成功！")

	input := bufio.NewReader(os.Stdin)
	for {
		word, err := readWord(input)
		if _, err := server.Write(word); err != nil { // Write sends all bytes, or returns an error.
			fail(err)
		}
		if string(word) == "exit" || err == io.EOF {
			return
		}
		if err != nil {
			fail(err)
		}
	}
}

// readWord skips white space, and reads up to the next one or the end of input.
func readWord(input *bufio.Reader) (word []byte, err error) {
	for {
		b, err := input.ReadByte()
		isSpace := strings.IndexByte(" \t\n\v\f\r", b) >= 0
		switch {
		case err != nil, isSpace && len(word) > 0:
			return word, err
		case !isSpace:
			word = append(word, b)
		}
	}
}

// fail names the system call that failed, as perror does: "connect: connection refused".
func fail(err error) {
	var call *os.SyscallError
	if errors.As(err, &call) {
		err = call
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
