/* Caught by: client/exit-exact
 * Common: 3 (a width is taught as the safe way) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char word[20];
    while (scanf("%19s", word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
    }
    close(server);
    return 0;
}
