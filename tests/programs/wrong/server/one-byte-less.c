/* Caught by: server/buffer
 * Common: 4 (careful programs in C reserve one byte) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1000];
    for (ssize_t n; (n = receive(connection, buffer, sizeof buffer - 1)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
