/* Caught by: client/exit-unterminated
 * Breaks too: client/eof (any other word at the end of input loses its last byte, too)
 * Common: 4 (a habit after fgets, and in Python line[:-1]) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        line[strlen(line) - 1] = 0;
        for (char *word = strtok(line, " \t\v\f\r"); word; word = strtok(NULL, " \t\v\f\r")) {
            send_all(server, word, strlen(word));
            if (strcmp(word, "exit") == 0) return 0;
        }
    }
    close(server);
    return 0;
}
