/* Caught by: client/server-gone
 * Common: 5 (the client of the tutorial does it) */
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
