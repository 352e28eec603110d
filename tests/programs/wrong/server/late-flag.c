/* Caught by: server/exit-final
 * Breaks too: server/exit-token (it does not end when nothing follows the token)
 * Common: 2 (a flag as the condition of the loop is a habit) */
#include "listen.h"

int main(void) {
    int connection = accept_one(), stop = 0;
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) {
            stop = 1;
            continue;
        }
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
        if (stop) break;
    }
    return 0;
}
