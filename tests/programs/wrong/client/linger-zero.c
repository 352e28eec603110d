/* Mistake: it sets SO_LINGER with a time of 0, so close resets the connection.
 * Look at: every setsockopt: close ends the stream in an orderly way when SO_LINGER is left alone.
 * Caught by: client/hang-up */
#include "connect.h"

int main(void) {
    int server = connect_once();
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(server, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
