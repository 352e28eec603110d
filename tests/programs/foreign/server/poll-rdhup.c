/* Truth: the loop looks at POLLRDHUP before POLLIN. If the client sends and closes before the server reads, both bits are set, and
   the server ends without reading what still waits: the last messages are lost. The line `if (p.revents & (POLLRDHUP | …)) break;`
   must come after the recv, or go away (recv returns 0 at the end of the stream). */
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <sys/socket.h>

static void die(const char *what) { perror(what); exit(1); }

int main()
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(8023) };
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int s = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) die("bind");
    if (listen(s, 5) < 0) die("listen");
    int c = accept(s, 0, 0);
    if (c < 0) die("accept");
    puts("客户端成功连接");
    fflush(stdout);

    struct pollfd p = { .fd = c, .events = POLLIN | POLLRDHUP };
    char buf[1001];
    for (;;) {
        if (poll(&p, 1, -1) < 0) die("poll");
        // peer has gone away -> stop
        if (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) break;
        if (p.revents & POLLIN) {
            ssize_t n = recv(c, buf, 1000, 0);
            if (n <= 0) break;
            buf[n] = 0;
            if (!strcmp(buf, "exit")) break;
            printf("收到客户端信息：%s\n", buf);
            fflush(stdout);
        }
    }
    close(c);
    close(s);
    return 0;
}
