/* Mistake: it ends with status 0 when the server has gone and words could not be sent.
 * Look at: break behind a send that failed: exit(1) tells that not all was well.
 * Caught by: client/server-gone */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        if (send(server, word, strlen(word), MSG_NOSIGNAL) < 0) {
            perror("send");
            break;
        }
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
