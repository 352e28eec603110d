/* Caught by: client/input-split
 * Common: 3 (a terminal gives whole lines, so nobody notices) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    static char buffer[65537];
    for (ssize_t n; (n = read(STDIN_FILENO, buffer, 65536)) > 0;) {
        buffer[n] = 0;
        for (char *word = strtok(buffer, " \t\n\v\f\r"); word; word = strtok(NULL, " \t\n\v\f\r")) {
            send_all(server, word, strlen(word));
            if (strcmp(word, "exit") == 0) return 0;
        }
    }
    close(server);
    return 0;
}
