/* Caught by: client/exit-token
 * Common: 2 (step 5.4 forgotten) */
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
