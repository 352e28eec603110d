/* Caught by: client/eof
 * Common: 4 (input() in Python raises EOFError) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    for (;;) {
        char *word;
        if (scanf("%ms", &word) != 1) fprintf(stderr, "scanf: end of input\n"), exit(1);
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
