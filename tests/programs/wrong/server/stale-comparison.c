/* Caught by: server/exit-token
 * Breaks too: server/exit-split (what was left over completes the token); server/exit-final (the token behind a longer message is
 *   printed)
 * Common: 2 (the length is used for output, but not for strcmp) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001] = {0};
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%.*s\n", (int)n, buffer);
        fflush(stdout);
    }
    return 0;
}
