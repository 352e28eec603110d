/* Caught by: client/exit-unterminated
 * Common: 1 (needs a condition after the loop) */
#include "connect.h"
#include <ctype.h>

int main(void) {
    int server = connect_once(), c;
    char *word = calloc(1, 1);
    size_t length = 0;
    while ((c = getchar()) != EOF) {
        if (!isspace(c)) {
            word = realloc(word, length + 2);
            word[length++] = (char)c;
            word[length] = 0;
        } else if (length > 0) {
            send_all(server, word, length);
            if (strcmp(word, "exit") == 0) return 0;
            length = 0;
        }
    }
    if (length > 0 && strcmp(word, "exit") != 0) send_all(server, word, length);
    close(server);
    return 0;
}
