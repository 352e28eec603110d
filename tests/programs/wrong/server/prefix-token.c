/* Caught by: server/exit-exact
 * Breaks too: server/exit-coalesced (the token in front of other bytes begins with it as well)
 * Common: 4 (strncmp and startswith are seen as safe) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strncmp(buffer, "exit", 4) == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
