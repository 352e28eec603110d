/* Caught by: client/exit-token
 * Common: 4 (== is the first thing to try for strings) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (word == "exit") break;
        free(word);
    }
    close(server);
    return 0;
}
