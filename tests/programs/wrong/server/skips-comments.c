/* Caught by: server/message-bytes
 * Common: 1 (messages are rarely treated as source code) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    ssize_t n;
    while ((n = receive(connection, buffer, 1000)) > 0) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        if (buffer[0] == '#') continue;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
