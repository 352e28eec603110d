/* Caught by: server/message
 * Common: 3 (forums explain this precedence often) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (;;) {
        ssize_t n;
        if ((n = receive(connection, buffer, 1000) < 0)) break;
        if (n == 0) break;
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
