/* Caught by: client/hang-up
 * Common: 1 (an option that few know) */
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
