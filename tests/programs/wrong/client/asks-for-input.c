/* Caught by: client/greeting
 * Common: 5 (most programs ask before they read) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    for (;;) {
        printf("> ");
        fflush(stdout);
        char *word;
        if (scanf("%ms", &word) != 1) break;
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
