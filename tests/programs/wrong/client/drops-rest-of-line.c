/* Caught by: client/whitespace
 * Breaks too: client/long-word (a word of 5000 bytes makes such a line)
 * Common: 2 (only with careful use of fgets) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char line[1024];
    while (fgets(line, sizeof line, stdin)) {
        if (strlen(line) == sizeof line - 1 && line[sizeof line - 2] != '\n')
            for (int c; (c = getchar()) != EOF && c != '\n';) {}
        for (char *word = strtok(line, " \t\n\v\f\r"); word; word = strtok(NULL, " \t\n\v\f\r")) {
            send_all(server, word, strlen(word));
            if (strcmp(word, "exit") == 0) return 0;
        }
    }
    close(server);
    return 0;
}
