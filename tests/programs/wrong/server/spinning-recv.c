/* Caught by: server/idle
 * Common: 2 (non-blocking sockets without poll are a usual first try) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    while (1) {
        ssize_t n = recv(connection, buffer, 1000, MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN) continue;
        if (n <= 0) break;
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
