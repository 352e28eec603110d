/* A right server in C with an event loop: non-blocking sockets, and epoll_wait to sleep until one of them has something (asking again and
 * again instead is server/idle's mistake). EAGAIN and EINTR mean `wait again`; only 0 and other errors are the end (server/suspend). */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static int check(int result, const char *step) {
    if (result < 0) {
        perror(step);
        exit(1);
    }
    return result;
}

static void watch(int epoll, int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    check(fcntl(fd, F_SETFL, O_NONBLOCK), "fcntl");
    check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

/* Prints one message. Returns whether the client may send more. */
static int serve(int connection) {
    char buffer[1000];
    ssize_t length = recv(connection, buffer, sizeof buffer, 0);
    if (length < 0) return errno == EAGAIN || errno == EINTR;
    if (length == 0 || (length == 4 && memcmp(buffer, "exit", 4) == 0)) return 0;
    printf("收到客户端信息：");
    fwrite(buffer, 1, (size_t)length, stdout);
    printf("\n");
    fflush(stdout);
    return 1;
}

int main(void) {
    int listener = check(socket(AF_INET, SOCK_STREAM, 0), "socket"), yes = 1;
    check(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "setsockopt");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    check(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
    check(listen(listener, 20), "listen");
    int epoll = check(epoll_create1(0), "epoll_create1"), connection = -1;
    watch(epoll, listener);

    for (int goes_on = 1; goes_on;) {
        struct epoll_event event;
        int ready = epoll_wait(epoll, &event, 1, -1);
        if (ready < 0 && errno == EINTR) continue;
        check(ready, "epoll_wait");
        if (event.data.fd == connection) {
            /* Level-triggered: if this recv leaves bytes, epoll_wait returns again at once. */
            goes_on = serve(connection);
        } else if ((connection = accept(listener, NULL, NULL)) >= 0) {
            check(epoll_ctl(epoll, EPOLL_CTL_DEL, listener, NULL), "epoll_ctl"); /* One client only. */
            watch(epoll, connection);
            printf("客户端成功连接\n");
            fflush(stdout);
        } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
            check(-1, "accept");
        }
    }
    return 0;
}
