/* Caught by: server/message-split
 * Breaks too: server/exit-token (the token runs together with what came before)
 * Common: 2 (fread and read in Perl do so) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = recv(connection, buffer, 1000, MSG_WAITALL)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
