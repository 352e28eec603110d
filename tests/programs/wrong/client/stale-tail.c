/* Caught by: client/word
 * Common: 3 (a text without its NUL is a classic of C) */
#include "connect.h"
#include <ctype.h>

int main(void) {
    int server = connect_once(), c;
    static char word[1 << 20];
    size_t length = 0;
    do {
        c = getchar();
        if (c != EOF && !isspace(c)) {
            if (length < sizeof word - 1) word[length++] = (char)c;
        } else if (length > 0) {
            send_all(server, word, strlen(word));
            if (length == 4 && memcmp(word, "exit", 4) == 0) break;
            length = 0;
        }
    } while (c != EOF);
    close(server);
    return 0;
}
