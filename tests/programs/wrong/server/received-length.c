/* Caught by: server/exit-exact
 * Breaks too: server/eof (`exi` in front of a FIN ends it); server/exit-split (the first part of a cut token ends it)
 * Common: 2 (strncmp with the received length looks right) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strncmp(buffer, "exit", n) == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
