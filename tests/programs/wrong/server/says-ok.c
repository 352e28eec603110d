/* Caught by: server/silent
 * Common: 4 (servers of other tutorials answer) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
        send(connection, "ok", 2, MSG_NOSIGNAL);
    }
    return 0;
}
