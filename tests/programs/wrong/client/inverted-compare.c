/* Caught by: client/exit-token
 * Breaks too: client/word (it sends only the first of several words); client/whitespace (the other words of a line are not
 *   sent); client/word-bytes (several words are typed there); client/exit-exact (it ends after any other word); client/eof (the
 *   last word is not sent); client/slow-server (much input is many words); client/long-word (several words are typed there);
 *   client/server-gone (it ends before it can notice that the server has gone)
 * Common: 4 (strcmp returns 0 for equal texts, which surprises beginners) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit")) break;
        free(word);
    }
    close(server);
    return 0;
}
