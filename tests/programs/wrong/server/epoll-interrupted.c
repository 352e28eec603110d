/* Caught by: server/suspend
 * Common: 1 (few use epoll) */
#include "listen.h"
#include <sys/epoll.h>

int main(void) {
    int connection = accept_one();
    int epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(epoll, EPOLL_CTL_ADD, connection, &event);
    char buffer[1001];
    while (epoll_wait(epoll, &event, 1, -1) > 0) {
        ssize_t n = receive(connection, buffer, 1000);
        if (n <= 0) break;
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
