/* Caught by: server/message-bytes
 * Breaks too: server/message-split (a part of a message loses what follows a space); server/message-coalesced (of several words in one
 *   recv only the first is printed); server/exit-exact (`exit` with white space around it is printed without it); server/exit-coalesced
 *   (of `exit` among other words only the first word is printed)
 * Common: 2 (a habit from scanf, cin and Scanner) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001], word[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        word[0] = 0;
        sscanf(buffer, "%s", word);
        printf("收到客户端信息：%s\n", word);
        fflush(stdout);
    }
    return 0;
}
