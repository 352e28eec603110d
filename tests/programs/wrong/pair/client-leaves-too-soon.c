/* Mistake: it shuts the connection down in both directions and resets it, so what the server has not read yet is lost.
 * Look at: SO_LINGER, and everything else between the last send and close.
 * Caught by: pair/piped */
#include "../client/connect.h"

int main(void) {
    int server = connect_once();
    char word[1000];
    while (scanf("%999s", word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
    }
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(server, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(server);
    return 0;
}
