/* Caught by: server/message-bytes
 * Breaks too: server/message-split (lines that are cut in their middle lose what follows a newline); server/message-coalesced (of
 *   two lines in one recv only the first is printed); server/exit-exact (`exit` and a newline is printed without the newline);
 *   server/exit-coalesced (of `exit` among other lines only the first line is printed)
 * Common: 2 (programs often remove the newline that fgets leaves) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        buffer[strcspn(buffer, "\r\n")] = 0;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
