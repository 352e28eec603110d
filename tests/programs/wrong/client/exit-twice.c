/* Caught by: client/exit-token
 * Common: 2 (a farewell after the loop) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) {
            send_all(server, "exit", 4);
            break;
        }
        free(word);
    }
    close(server);
    return 0;
}
