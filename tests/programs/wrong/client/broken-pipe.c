/* Caught by: client/server-gone
 * Common: 4 (the send of the tutorial has the flag 0) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        if (send(server, word, strlen(word), 0) < 0) perror("send"), exit(1);
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
