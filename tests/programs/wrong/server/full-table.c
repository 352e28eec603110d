/* Caught by: server/stream
 * Common: 1 (few servers store messages) */
#include "listen.h"

int main(void) {
    int connection = accept_one(), count = 0;
    static char messages[100][1001];
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        if (count == 100) continue;
        strcpy(messages[count], buffer);
        printf("收到客户端信息：%s\n", messages[count++]);
        fflush(stdout);
    }
    return 0;
}
