/* Caught by: client/exit-exact
 * Common: 2 (strncmp with the length of the wrong string) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        size_t length = strlen(word);
        send_all(server, word, length);
        int is_exit = strncmp(word, "exit", length) == 0;
        free(word);
        if (is_exit) break;
    }
    close(server);
    return 0;
}
