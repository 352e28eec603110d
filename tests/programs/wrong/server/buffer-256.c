/* Caught by: server/buffer
 * Common: 3 (well-known examples in C use 256) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[256];
    for (ssize_t n; (n = receive(connection, buffer, 255)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
