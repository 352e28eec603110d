/* Mistake: it neither looks at the result of send nor turns SIGPIPE off, so the second send after the server has gone kills it.
 * Look at: send: the flag MSG_NOSIGNAL, and its result: -1 means that the server has gone; say so, and end with status 1.
 * Caught by: client/server-gone */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        send(server, word, strlen(word), 0);
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
