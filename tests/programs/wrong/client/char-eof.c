/* Caught by: client/word-bytes
 * Common: 3 (the classic mistake with getchar) */
#include "connect.h"
#include <ctype.h>

int main(void) {
    int server = connect_once();
    char *word = NULL, c;
    size_t length = 0;
    do {
        c = getchar();
        if (c == EOF || isspace((unsigned char)c)) {
            send_all(server, word, length);
            if (length == 4 && memcmp(word, "exit", 4) == 0) break;
            length = 0;
        } else {
            word = realloc(word, length + 1);
            word[length++] = c;
        }
    } while (c != EOF);
    close(server);
    return 0;
}
