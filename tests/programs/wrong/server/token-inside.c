/* Mistake: it searches for the token inside the message, so any message with `exit` in it ends it.
 * Look at: strstr, find, includes, `in`: compare the whole message with the token.
 * Caught by: server/exit-coalesced
 * Breaks too: server/exit-exact (near misses such as `exits` have the token in them) */
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
