/* Caught by: server/message
 * Breaks too: server/prompt (a message is never shown in full)
 * Common: 1 (counting from 1) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer + 1);
        fflush(stdout);
    }
    return 0;
}
