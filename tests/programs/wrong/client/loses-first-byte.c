/* Caught by: client/word
 * Breaks too: client/hang-up (`exit` loses its first byte, too, so it goes on)
 * Common: 2 (the loop that skips white space reads one byte too many) */
#include "connect.h"
#include <ctype.h>

int main(void) {
    int server = connect_once();
    for (int c; (c = getchar()) != EOF;) {
        if (isspace(c)) continue;
        char *word = "";
        scanf("%m[^ \t\n\v\f\r]", &word);
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
    }
    close(server);
    return 0;
}
