/* Caught by: client/input-split
 * Breaks too: client/slow-server (a server that does not read for a while lets it wait as long)
 * Common: 1 (a timeout that few want) */
#include "connect.h"
#include <signal.h>

static int server;

static void give_up(int number) {
    (void)number;
    close(server);
    _exit(0);
}

int main(void) {
    server = connect_once();
    signal(SIGALRM, give_up);
    char *word;
    alarm(2);
    for (int is_exit = 0; !is_exit && scanf("%ms", &word) == 1; free(word)) {
        alarm(2);
        send_all(server, word, strlen(word));
        is_exit = strcmp(word, "exit") == 0;
    }
    close(server);
    return 0;
}
