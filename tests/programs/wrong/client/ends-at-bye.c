/* Caught by: client/exit-exact
 * Common: 3 (an extra that seems kind) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    for (int is_over = 0; !is_over && scanf("%ms", &word) == 1; free(word)) {
        send_all(server, word, strlen(word));
        is_over = strcmp(word, "exit") == 0 || strcmp(word, "bye") == 0 || strcmp(word, "quit") == 0;
    }
    close(server);
    return 0;
}
