// A right server in Go: one goroutine reads from a client, and another one sends what waits for it. What waits has no limit, so nobody waits
// for a slow reader. One lock guards the list and stdout, so all see the lines in the same order.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"sync"
)

// What waits for one client.
type queue struct {
	lock    sync.Mutex
	arrived *sync.Cond
	waiting [][]byte
	isOver  bool
}

var (
	lock   sync.Mutex
	queues = map[int]*queue{} // By the number of the client.
)

func newQueue() *queue {
	q := &queue{}
	q.arrived = sync.NewCond(&q.lock)
	return q
}

func (q *queue) put(text []byte) {
	q.lock.Lock()
	defer q.lock.Unlock()
	q.waiting = append(q.waiting, text)
	q.arrived.Signal()
}

func (q *queue) end() {
	q.lock.Lock()
	defer q.lock.Unlock()
	q.isOver = true
	q.arrived.Signal()
}

// The texts that wait, as one; nil at the end.
func (q *queue) take() []byte {
	q.lock.Lock()
	defer q.lock.Unlock()
	for len(q.waiting) == 0 && !q.isOver {
		q.arrived.Wait()
	}
	if q.isOver {
		return nil
	}
	text := bytes.Join(q.waiting, nil)
	q.waiting = nil
	return text
}

func sendWaiting(client net.Conn, q *queue) {
	for text := q.take(); text != nil; text = q.take() {
		if _, err := client.Write(text); err != nil {
			return // The client has gone, and its other goroutine learns that, too.
		}
	}
}

func serve(client net.Conn, number int, own *queue) {
	defer client.Close()
	go sendWaiting(client, own)
	lines := bufio.NewReader(client)
	for {
		line, err := lines.ReadBytes('\n')
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		if err != nil || string(line) == "/quit" {
			break
		}
		text := append([]byte(fmt.Sprintf("%d: ", number)), append(line, '\n')...)
		lock.Lock()
		os.Stdout.Write(text)
		for other, q := range queues {
			if other != number {
				q.put(text)
			}
		}
		lock.Unlock()
	}
	lock.Lock()
	delete(queues, number)
	fmt.Printf("Client %d left\n", number)
	lock.Unlock()
	own.end()
}

func main() {
	listener, err := net.Listen("tcp4", "127.0.0.1:7002")
	if err != nil {
		fmt.Fprintf(os.Stderr, "bind: %v\n", err)
		os.Exit(1)
	}
	for number := 1; ; number++ {
		client, err := listener.Accept()
		if err != nil {
			fmt.Fprintf(os.Stderr, "accept: %v\n", err)
			os.Exit(1)
		}
		own := newQueue()
		lock.Lock()
		queues[number] = own
		fmt.Printf("Client %d connected\n", number)
		lock.Unlock()
		go serve(client, number, own)
	}
}
