/* Caught by: server/message-coalesced
 * Breaks too: server/exit-coalesced (`exit` among other words is printed as a message of its own); server/exit-exact (a near miss
 *   loses its white space); server/message-bytes (the white space is lost); server/message-split (a message with a space in it is two
 *   messages)
 * Common: 2 (a word is taken for a message) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        for (char *word = strtok(buffer, " \t\r\n"); word; word = strtok(NULL, " \t\r\n")) {
            printf("收到客户端信息：%s\n", word);
        }
        fflush(stdout);
    }
    return 0;
}
