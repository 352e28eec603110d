/* Caught by: client/word-bytes
 * Common: 2 (a short test for white space, and trim() in Java) */
#include "connect.h"

int main(void) {
    int server = connect_once(), c;
    char *word = NULL;
    size_t length = 0;
    do {
        c = getchar();
        if (c == EOF || c <= ' ') {
            send_all(server, word, length);
            if (length == 4 && memcmp(word, "exit", 4) == 0) break;
            length = 0;
        } else {
            word = realloc(word, length + 1);
            word[length++] = (char)c;
        }
    } while (c != EOF);
    close(server);
    return 0;
}
