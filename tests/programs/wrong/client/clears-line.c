/* Caught by: client/whitespace
 * Breaks too: client/prompt (the second word of a line is not sent when it has been typed); client/exit-final (`exit` is not
 *   found behind another word); client/eof (it never finds the newline behind a last word without one)
 * Common: 4 (often taught as the way to clear the input) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
        while (getchar() != '\n') {}
    }
    close(server);
    return 0;
}
