/* Caught by: server/exit-split
 * Breaks too: server/exit-exact (a word that ends in `exit` ends it); server/exit-coalesced (`exit` behind other bytes ends it)
 * Common: 2 (the program treats a stream as one text) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001], tail[5] = "";
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        for (ssize_t i = 0; i < n; i++) {
            memmove(tail, tail + 1, 3);
            tail[3] = buffer[i];
        }
        if (strcmp(tail, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
