/* Caught by: client/word
 * Breaks too: client/whitespace (it sends no word of a line either); client/word-bytes (nor a word with other bytes);
 *   client/exit-token (`exit` is not sent); client/exit-exact (nor is `exits`); client/eof (nor is the last word);
 *   client/slow-server (nor is much input); client/long-word (nor is a long word)
 * Common: 2 (the two halves of a connection are easy to confuse) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    shutdown(server, SHUT_WR);
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
