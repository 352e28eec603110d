/* Caught by: client/long-word
 * Common: 5 (the client of the tutorial does it) */
#include "connect.h"
#include <signal.h>

int main(void) {
    int server = connect_once();
    char *word;
    int is_smashed = 0;
    for (int is_exit = 0; !is_exit && scanf("%ms", &word) == 1; free(word)) {
        send_all(server, word, strlen(word));
        is_exit = strcmp(word, "exit") == 0;
        is_smashed |= strlen(word) >= 100;
    }
    close(server);
    /* Abort like a compiler check of the stack. What really happens differs between compilers. */
    if (is_smashed) {
        fputs("*** stack smashing detected ***: terminated\n", stderr);
        raise(SIGABRT);
    }
    return 0;
}
