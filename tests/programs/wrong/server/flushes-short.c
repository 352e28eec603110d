/* Caught by: server/prompt
 * Common: 1 (nobody flushes by length without a reason) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    ssize_t n;
    while ((n = receive(connection, buffer, 1000)) > 0) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        if (n < 900) fflush(stdout);
    }
    return 0;
}
