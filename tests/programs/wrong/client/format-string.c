/* Caught by: client/word-bytes
 * Common: 2 (printf with the text alone, a habit) */
#include "connect.h"
#include <signal.h>

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        if (dprintf(server, word) < 0) perror("dprintf"), exit(1);
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
