/* Mistake: it compares its buffer with the token without regard to how many bytes it received, so the end of a longer message counts.
 * Look at: the comparison: put a NUL behind the received bytes (buffer[n] = 0), or clear the buffer before each recv.
 * Caught by: server/exit-token
 * Breaks too: server/exit-split (what was left over completes the token); server/exit-final (the token behind a longer message is
 *   printed) */
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
