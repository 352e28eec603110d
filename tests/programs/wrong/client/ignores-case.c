/* Caught by: client/exit-exact
 * Common: 3 (an extra that seems kind) */
#include "connect.h"
#include <strings.h>

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcasecmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
