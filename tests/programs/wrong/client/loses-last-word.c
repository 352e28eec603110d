/* Caught by: client/eof
 * Breaks too: client/exit-unterminated (`exit` may be that word)
 * Common: 3 (only input from a file shows it) */
#include "connect.h"
#include <ctype.h>

int main(void) {
    int server = connect_once(), c;
    char *word = NULL;
    size_t length = 0;
    while ((c = getchar()) != EOF) {
        if (!isspace(c)) {
            word = realloc(word, length + 1);
            word[length++] = (char)c;
        } else {
            send_all(server, word, length);
            if (length == 4 && memcmp(word, "exit", 4) == 0) break;
            length = 0;
        }
    }
    close(server);
    return 0;
}
