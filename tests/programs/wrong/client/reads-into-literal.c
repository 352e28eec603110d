/* Caught by: client/word
 * Breaks too: client/whitespace (it sends no word of a line either); client/word-bytes (nor a word with other bytes);
 *   client/exit-token (`exit` is not sent); client/exit-exact (nor is `exits`); client/eof (nor is the last word);
 *   client/slow-server (nor is much input); client/long-word (nor is a long word); client/server-gone (it ends before it can
 *   notice that the server has gone)
 * Common: 4 (nearly every class sees a pointer without memory) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word = "";
    while (scanf("%s", word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
    }
    close(server);
    return 0;
}
