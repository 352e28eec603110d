/* Caught by: client/whitespace
 * Common: 3 (files from Windows, and hand-made lists of white space) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        for (char *word = strtok(line, " \t\v\f\n"); word; word = strtok(NULL, " \t\v\f\n")) {
            send_all(server, word, strlen(word));
            if (strcmp(word, "exit") == 0) return 0;
        }
    }
    close(server);
    return 0;
}
