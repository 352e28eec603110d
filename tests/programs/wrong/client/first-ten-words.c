/* Caught by: client/whitespace
 * Common: 1 (an array of ten words) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        int count = 0;
        for (char *word = strtok(line, " \t\n\v\f\r"); word && count < 10; word = strtok(NULL, " \t\n\v\f\r"), count++) {
            send_all(server, word, strlen(word));
            if (strcmp(word, "exit") == 0) return 0;
        }
    }
    close(server);
    return 0;
}
