/* Caught by: client/word
 * Common: 4 (HTTP and other text protocols end each line so) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        send_all(server, "\r\n", 2);
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
