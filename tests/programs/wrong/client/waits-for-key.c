/* Caught by: client/exit-token
 * Common: 3 (a habit from Windows) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    getchar();
    getchar();
    close(server);
    return 0;
}
