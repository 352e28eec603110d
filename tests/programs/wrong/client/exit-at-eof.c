/* Caught by: client/eof
 * Common: 3 (a way to make the server end) */
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
