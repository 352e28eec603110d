/* Caught by: server/suspend
 * Common: 1 (few set a timeout) */
#include "listen.h"
#include <sys/time.h>

int main(void) {
    int connection = accept_one();
    struct timeval patience = {.tv_sec = 60};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    char buffer[1001];
    for (ssize_t n; (n = recv(connection, buffer, 1000, 0)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
