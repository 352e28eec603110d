/* Mistake: it writes the words to a buffered stream that it never flushes, so they leave together at the end.
 * Look at: the output to the server: fflush after each word, or send, which has no buffer of its own.
 * Caught by: client/prompt */
#include "connect.h"
#include <signal.h>

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    FILE *server = fdopen(connect_once(), "w");
    char *word;
    while (scanf("%ms", &word) == 1) {
        if (fputs(word, server) == EOF) perror("write"), exit(1);
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    if (fclose(server) == EOF) perror("write"), exit(1);
    return 0;
}
