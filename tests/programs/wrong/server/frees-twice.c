/* Caught by: server/eof
 * Breaks too: server/exit-token (there it crashes as well); server/reset (there, too)
 * Common: 1 (few servers allocate their buffer) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char *buffer = malloc(1001);
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    free(buffer);
    free(buffer);
    return 0;
}
