/* Caught by: client/exit-token
 * Common: 3 (only in programs that read byte by byte) */
#include "connect.h"
#include <ctype.h>

int main(void) {
    int server = connect_once(), c;
    static char word[1 << 20];
    size_t length = 0;
    do {
        c = getchar();
        if (c == EOF || isspace(c)) {
            send_all(server, word, length);
            if (length > 0 && strcmp(word, "exit") == 0) break;
            length = 0;
        } else if (length < sizeof word - 1) {
            word[length++] = (char)c;
        }
    } while (c != EOF);
    close(server);
    return 0;
}
