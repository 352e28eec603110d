/* Caught by: client/server-gone
 * Common: 3 (exit(1) without a message) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        if (send(server, word, strlen(word), MSG_NOSIGNAL) < 0) return 1;
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
