/* Mistake: it sends an `exit` of its own at the end of input, though nobody has typed it.
 * Look at: what follows the loop: close alone tells the server that the client has gone.
 * Caught by: client/eof */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) return 0;
        free(word);
    }
    send_all(server, "exit", 4);
    close(server);
    return 0;
}
