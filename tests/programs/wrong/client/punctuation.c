/* Caught by: client/word-bytes
 * Breaks too: client/exit-exact (`exit()` without its punctuation is the token)
 * Common: 2 (a pattern such as \w+ for words) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        for (char *word = strtok(line, " \t\n\v\f\r.,;:!?"); word; word = strtok(NULL, " \t\n\v\f\r.,;:!?")) {
            send_all(server, word, strlen(word));
            if (strcmp(word, "exit") == 0) return 0;
        }
    }
    close(server);
    return 0;
}
