/* Truth: two mistakes. Each word is sent with its length in front, four bytes in big-endian order (against 粘包), but the server knows no
   such header and would print it (line to delete: the binary.Write). And the greeting goes to stderr with a date, because log.Println
   prints there; nothing is on stdout (line to change: log.Println("连接服务器成功！"), to fmt.Println). */
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"log"
	"net"
	"os"
)

type Client struct {
	conn net.Conn
}

func (c *Client) Send(b []byte) error {
	// 包头：4字节长度，大端
	if err := binary.Write(c.conn, binary.BigEndian, uint32(len(b))); err != nil {
		return err
	}
	_, err := c.conn.Write(b)
	return err
}

func main() {
	conn, err := net.Dial("tcp4", "127.0.0.1:8023")
	if err != nil {
		fmt.Fprintln(os.Stderr, "connect:", err)
		os.Exit(1)
	}
	log.Println("连接服务器成功！")

	c := &Client{conn}
	in := bufio.NewReader(os.Stdin)
	var word []byte
	for {
		b, err := in.ReadByte()
		if err == nil && b != ' ' && (b < '\t' || b > '\r') {
			word = append(word, b)
			continue
		}
		if len(word) > 0 {
			if e := c.Send(word); e != nil {
				fmt.Fprintln(os.Stderr, "send:", e)
				os.Exit(1)
			}
		}
		if err != nil || string(word) == "exit" {
			break
		}
		word = word[:0]
	}
	conn.Close()
}
