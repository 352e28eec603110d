/* Mistake: it starts a child process that reads what the server sends, and lives on with the connection when its parent ends.
 * Look at: fork: the connection is closed when the last process that has it has closed it; or call shutdown.
 * Caught by: client/hang-up */
#include "connect.h"

int main(void) {
    int server = connect_once();
    if (fork() == 0) {
        char buffer[1000];
        while (recv(server, buffer, sizeof buffer, 0) > 0) {}
        exit(0);
    }
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
