/* Caught by: server/message
 * Breaks too: server/reset (the bytes that stay in the queue keep it busy)
 * Common: 1 (copied from an example) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = recv(connection, buffer, 1000, MSG_PEEK)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
