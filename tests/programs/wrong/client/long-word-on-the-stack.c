/* Mistake: it reads each word into an array of 100 bytes, however long it is: what does not fit overwrites the stack, which kills the program when it returns.
 * Look at: scanf("%s") and cin >> array: give the width, %99s or setw(100), or use std::string, which grows.
 * Caught by: client/long-word */
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
