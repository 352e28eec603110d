/* Mistake: it waits for another line after `exit`, to keep its window open.
 * Look at: what follows the loop: no getchar, no pause; close, and return 0.
 * Caught by: client/exit-token */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    getchar();
    getchar();
    close(server);
    return 0;
}
