/* Caught by: server/eof
 * Common: 4 (most other examples print such a line) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (;;) {
        ssize_t n = receive(connection, buffer, 1000);
        if (n == 0) puts("客户端已断开");
        if (n <= 0) break;
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
