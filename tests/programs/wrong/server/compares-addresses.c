/* Caught by: server/exit-token
 * Breaks too: server/exit-final (the token and what follows it is printed)
 * Common: 4 (the classic mistake with texts in Java and C) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (buffer == "exit") break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
