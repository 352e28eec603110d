/* Caught by: server/exit-token
 * Breaks too: server/exit-final (the token is printed there, too)
 * Common: 3 (the two steps are in the wrong order) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
        if (strcmp(buffer, "exit") == 0) break;
    }
    return 0;
}
