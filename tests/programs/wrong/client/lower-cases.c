/* Caught by: client/word-bytes
 * Breaks too: client/exit-exact (a word in upper case changes, and `EXIT` becomes the token); client/slow-server (its many words
 *   have upper case letters, too)
 * Common: 2 (done to accept the token in any case) */
#include "connect.h"
#include <ctype.h>

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        for (char *c = word; *c; c++) *c = (char)tolower((unsigned char)*c);
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
