/* Mistake: it ignores the case of letters when it compares with the token, so `EXIT` ends it, too.
 * Look at: strcasecmp, tolower, lower(): strcmp compares byte for byte.
 * Caught by: server/exit-exact */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcasecmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
