/* Caught by: client/slow-server
 * Common: 2 (only with MSG_DONTWAIT or a non-blocking socket) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        ssize_t n = send(server, word, strlen(word), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN) perror("send"), exit(1);
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
