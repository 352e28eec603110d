/* Caught by: client/prompt
 * Common: 2 (typical of clients with select or poll) */
#include "connect.h"
#include <poll.h>

int main(void) {
    int server = connect_once();
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    char *word;
    while (poll(&input, 1, -1) == 1 && scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
