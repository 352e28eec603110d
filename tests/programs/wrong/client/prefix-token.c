/* Caught by: client/exit-exact
 * Breaks too: client/input-split (the word `exits` that is typed in two writes begins with it as well)
 * Common: 3 (strncmp is taught as the safe one) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strncmp(word, "exit", 4) == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
