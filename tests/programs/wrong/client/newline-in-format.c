/* Caught by: client/prompt
 * Breaks too: client/exit-token (it waits behind `exit`, too)
 * Common: 3 (scanf with a newline, a habit) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms\n", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
