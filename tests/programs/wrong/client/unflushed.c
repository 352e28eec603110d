/* Caught by: client/prompt
 * Common: 3 (only with fdopen, makefile or a buffered writer) */
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
