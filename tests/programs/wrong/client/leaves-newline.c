/* Caught by: client/word
 * Breaks too: client/whitespace (the other lines are not sent); client/word-bytes (several words are typed there);
 *   client/exit-token (`exit` behind another word is not sent); client/exit-exact (nothing follows the first word); client/eof
 *   (the last word is not sent); client/slow-server (much input is many words); client/long-word (several words are typed
 *   there); client/server-gone (it ends before it can notice that the server has gone)
 * Common: 3 (asked again and again: the second scanf reads nothing) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *line;
    while (scanf("%m[^\n]", &line) == 1) {
        for (char *word = strtok(line, " \t\v\f\r"); word; word = strtok(NULL, " \t\v\f\r")) {
            send_all(server, word, strlen(word));
            if (strcmp(word, "exit") == 0) return 0;
        }
        free(line);
    }
    close(server);
    return 0;
}
