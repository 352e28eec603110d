/* Caught by: client/hang-up
 * Common: 2 (a child process or thread for recv) */
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
