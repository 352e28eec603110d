/* Caught by: client/exit-token
 * Common: 3 (exit(1), copied from the line above) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) exit(1);
        free(word);
    }
    close(server);
    return 0;
}
