/* Caught by: server/silent
 * Common: 1 (few servers of beginners know commands) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    ssize_t n;
    while ((n = receive(connection, buffer, 1000)) > 0) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        if (strcmp(buffer, "?") == 0 || strcmp(buffer, "help") == 0) send(connection, "exit ends me\n", 13, MSG_NOSIGNAL);
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
