/* Caught by: client/server-gone
 * Common: 4 (break is the shortest way out of the loop) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        if (send(server, word, strlen(word), MSG_NOSIGNAL) < 0) {
            perror("send");
            break;
        }
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
