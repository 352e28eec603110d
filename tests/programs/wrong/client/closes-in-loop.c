/* Caught by: client/word
 * Breaks too: client/whitespace (the other words of a line are not sent); client/word-bytes (several words are typed there);
 *   client/exit-token (`exit` behind another word is not sent); client/exit-exact (nothing follows the first word); client/eof
 *   (the last word is not sent); client/slow-server (much input is many words); client/long-word (several words are typed
 *   there)
 * Common: 3 (the closing brace is in the wrong place) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        close(server);
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    return 0;
}
