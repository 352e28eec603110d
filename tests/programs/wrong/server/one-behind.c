/* Caught by: server/prompt
 * Common: 1 (it needs a second buffer) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char message[1001], next[1001];
    ssize_t n = receive(connection, message, 1000);
    while (n > 0) {
        message[n] = 0;
        if (strcmp(message, "exit") == 0) break;
        n = receive(connection, next, 1000);
        printf("收到客户端信息：%s\n", message);
        fflush(stdout);
        if (n > 0) memcpy(message, next, n);
    }
    return 0;
}
