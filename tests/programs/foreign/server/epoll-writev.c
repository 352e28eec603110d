/* Truth: this program is right. It is only unusual: edge-triggered epoll, a non-blocking connection, and writev in place of stdio.
   Each recv takes at most 1000 bytes and becomes one line; no line must change. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

static void fatal(const char *s) { perror(s); exit(1); }

static void show(char *data, size_t size)
{
    struct iovec parts[3] = {
        { "收到客户端信息：", strlen("收到客户端信息：") },
        { data, size },
        { "\n", 1 },
    };
    if (writev(STDOUT_FILENO, parts, 3) < 0) fatal("writev");
}

int main(void)
{
    int ls = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(ls, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons(8023), .sin_addr = { htonl(INADDR_LOOPBACK) } };
    if (bind(ls, (struct sockaddr *)&sa, sizeof sa)) fatal("bind");
    if (listen(ls, 1)) fatal("listen");
    int c = accept(ls, NULL, NULL);
    if (c < 0) fatal("accept");
    close(ls);      // only one client, so nobody else needs the port
    const char hello[] = "客户端成功连接\n";
    if (write(STDOUT_FILENO, hello, sizeof hello - 1) < 0) fatal("write");

    fcntl(c, F_SETFL, fcntl(c, F_GETFL) | O_NONBLOCK);
    int ep = epoll_create1(0);
    struct epoll_event ev = { .events = EPOLLIN | EPOLLET, .data.fd = c };
    epoll_ctl(ep, EPOLL_CTL_ADD, c, &ev);

    for (;;) {
        if (epoll_wait(ep, &ev, 1, -1) < 0) {
            if (errno == EINTR) continue;
            fatal("epoll_wait");
        }
        char data[1000];
        ssize_t n;
        while ((n = recv(c, data, sizeof data, 0)) > 0) {
            if (n == 4 && memcmp(data, "exit", 4) == 0) return 0;
            show(data, n);
        }
        if (n == 0 || (errno != EAGAIN && errno != EINTR)) return 0;
    }
}
