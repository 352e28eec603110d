/* Caught by: client/server-gone
 * Common: 4 (error checks are the first to be left out) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        send(server, word, strlen(word), MSG_NOSIGNAL);
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
