/* Caught by: client/long-word
 * Common: 2 (a copy into the buffer of the tutorial) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *line = NULL, buffer[100];
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        for (char *word = strtok(line, " \t\n\v\f\r"); word; word = strtok(NULL, " \t\n\v\f\r")) {
            snprintf(buffer, sizeof buffer, "%s", word);
            send_all(server, buffer, strlen(buffer));
            if (strcmp(buffer, "exit") == 0) return 0;
        }
    }
    close(server);
    return 0;
}
