/* Wrong: it sends a line without its newline.
 * Breaks: client/word */
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
)

func main() {
	server, err := net.Dial("tcp", "127.0.0.1:7000")
	if err != nil {
		fail(err)
	}
	defer server.Close()
	input := bufio.NewReader(os.Stdin)
	for {
		line, err := input.ReadBytes('\n')
		if err == io.EOF && len(line) == 0 {
			return
		} else if err != nil && err != io.EOF {
			fail(err)
		}
		line = bytes.TrimSuffix(line, []byte("\n"))
		if err := exchange(server, line); err != nil {
			fail(err)
		}
	}
}

func exchange(server net.Conn, line []byte) error {
	sent := make(chan error, 1)
	go func() {
		_, err := server.Write(line)
		sent <- err
	}()
	echo := make([]byte, 1024)
	for missing := len(line); missing > 0; {
		length, err := server.Read(echo)
		if err == io.EOF {
			return errors.New("read: the server has closed the connection")
		} else if err != nil {
			return err
		}
		os.Stdout.Write(echo[:length])
		missing -= length
		if bytes.IndexByte(echo[:length], '\n') >= 0 {
			missing = 0
		}
	}
	return <-sent
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
