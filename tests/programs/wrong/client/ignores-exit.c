/* Mistake: it does not end when `exit` has been typed, but only at the end of input.
 * Look at: the loop: after send, compare the word with `exit`, and break.
 * Caught by: client/exit-token */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        free(word);
    }
    close(server);
    return 0;
}
