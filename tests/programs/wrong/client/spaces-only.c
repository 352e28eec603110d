/* Caught by: client/whitespace
 * Common: 4 (split(" ") is the first thing to try) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        for (char *word = strtok(line, " \n"); word; word = strtok(NULL, " \n")) {
            send_all(server, word, strlen(word));
            if (strcmp(word, "exit") == 0) return 0;
        }
    }
    close(server);
    return 0;
}
