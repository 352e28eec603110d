/* Mistake: it prints an ASCII colon behind the prefix instead of the full-width one.
 * Look at: the prefix of the message: it ends with `：` (U+FF1A), which is not `:`.
 * Caught by: server/message */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息:%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
