/* Mistake: it closes its connection with SO_LINGER and a time of 0 when its input ends: the server may lose words.
 * Look at: SO_LINGER, and how the connection is closed where the input ends without `exit`.
 * Caught by: client/hang-up */
#include "connect.h"

int main(void) {
    int server = connect_once();
    static char word[1 << 20];
    while (scanf("%1048575s", word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) {
            close(server);
            return 0;
        }
    }
    struct linger none = {1, 0};
    setsockopt(server, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(server);
    return 0;
}
