/* Caught by: server/exit-coalesced
 * Breaks too: server/exit-exact (near misses such as `exits` have the token in them)
 * Common: 3 (strstr and `in` are easy to write) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strstr(buffer, "exit")) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
