/* Caught by: server/silent
 * Common: 1 (only long-running servers do so) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    ssize_t n;
    for (int count = 1; (n = receive(connection, buffer, 1000)) > 0; count++) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
        if (count % 50 == 0) send(connection, ".", 1, MSG_NOSIGNAL);
    }
    return 0;
}
