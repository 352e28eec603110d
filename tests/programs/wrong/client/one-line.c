/* Caught by: client/word
 * Breaks too: client/whitespace (the other lines are not sent); client/word-bytes (several words are typed there);
 *   client/exit-token (`exit` behind another word is not sent); client/exit-exact (nothing follows the first word); client/eof
 *   (the last word is not sent); client/slow-server (much input is many words); client/long-word (several words are typed
 *   there); client/server-gone (it ends before it can notice that the server has gone)
 * Common: 3 (most first programs read once, without a loop) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *line = NULL;
    size_t size = 0;
    if (getline(&line, &size, stdin) > 0) {
        for (char *word = strtok(line, " \t\n\v\f\r"); word; word = strtok(NULL, " \t\n\v\f\r")) {
            send_all(server, word, strlen(word));
            if (strcmp(word, "exit") == 0) break;
        }
    }
    close(server);
    return 0;
}
