/* Caught by: server/stream
 * Common: 2 (it happens only with a full buffer) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1000];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n < 1000 ? n : 999] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
