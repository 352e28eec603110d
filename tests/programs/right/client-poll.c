/* A right client in C with an event loop: poll waits for input and for the server at the same time, so the client notices a server that
 * goes away while nobody types (client/server-gone). The socket does not block: unsent bytes wait in a queue, and while the queue is full, the
 * client reads no more input (client/slow-server). stdin stays blocking, because O_NONBLOCK would affect other users of the terminal. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char queue[64 * 1024], token[] = "exit";
static size_t queued, matched; /* How many bytes of the current word match the token; -1 for another word. */
static int is_over;

static int check(ssize_t result, const char *step) {
    if (result < 0) {
        perror(step);
        exit(1);
    }
    return (int)result;
}

static int again(ssize_t result) { return result < 0 && (errno == EAGAIN || errno == EINTR); }

/* Queues the bytes of words, and stops after the token. Bytes may be sent before their word is complete. */
static void take(const char *typed, size_t size) {
    for (size_t i = 0; i < size && !is_over; i++) {
        if (strchr(" \t\n\v\f\r", typed[i]) && typed[i]) {
            is_over = matched == 4;
            matched = 0;
        } else {
            matched = matched < 4 && typed[i] == token[matched] ? matched + 1 : (size_t)-1;
            queue[queued++] = typed[i];
        }
    }
}

int main(void) {
    int server = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    check(connect(server, (struct sockaddr *)&address, sizeof address), "connect");
    check(fcntl(server, F_SETFL, O_NONBLOCK), "fcntl");
    printf("连接服务器成功！\n");
    fflush(stdout);

    while (!is_over || queued > 0) {
        char typed[4096];
        int has_room = !is_over && sizeof queue - queued >= sizeof typed;
        struct pollfd ready[] = {{.fd = has_room ? STDIN_FILENO : -1, .events = POLLIN},
                                 {.fd = server, .events = queued > 0 ? POLLIN | POLLOUT : POLLIN}};
        if (poll(ready, 2, -1) < 0 && !again(-1)) check(-1, "poll");
        if (ready[1].revents & ~POLLOUT) {
            char ignored[4096]; /* A server should send nothing. If it does, unread bytes would turn our FIN into a reset. */
            ssize_t n = recv(server, ignored, sizeof ignored, 0);
            if (n == 0) return fprintf(stderr, "recv: the server has gone\n"), 1;
            if (!again(n)) check(n, "recv");
        }
        if (ready[0].revents) {
            ssize_t n = read(STDIN_FILENO, typed, sizeof typed);
            if (n == 0) is_over = 1;
            else if (!again(n)) take(typed, (size_t)check(n, "read"));
        }
        if (queued > 0) {
            ssize_t n = send(server, queue, queued, MSG_NOSIGNAL);
            if (again(n)) continue;
            queued -= (size_t)check(n, "send");
            memmove(queue, queue + n, queued);
        }
    }
    close(server);
    return 0;
}
