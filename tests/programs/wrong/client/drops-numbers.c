/* Caught by: client/word-bytes
 * Breaks too: client/slow-server (some of its many words begin with digits)
 * Common: 1 (left over from a menu that asks for a number) */
#include "connect.h"

int main(void) {
    int server = connect_once(), number;
    char *word;
    for (;;) {
        scanf("%d", &number);
        if (scanf("%ms", &word) != 1) break;
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
