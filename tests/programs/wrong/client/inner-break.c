/* Caught by: client/exit-token
 * Common: 4 (one break, two loops) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        for (char *word = strtok(line, " \t\n\v\f\r"); word; word = strtok(NULL, " \t\n\v\f\r")) {
            send_all(server, word, strlen(word));
            if (strcmp(word, "exit") == 0) break;
        }
    }
    close(server);
    return 0;
}
