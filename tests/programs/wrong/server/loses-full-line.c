/* Caught by: server/stream
 * Common: 1 (it needs a second buffer and a message of just this length) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001], piece[512];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：");
        if (n == sizeof piece) {
            snprintf(piece, sizeof piece, "%s", buffer);
            printf("%s\n", piece);
        } else {
            printf("%s\n", buffer);
        }
        fflush(stdout);
    }
    return 0;
}
