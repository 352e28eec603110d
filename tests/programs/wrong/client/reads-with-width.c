/* Mistake: it reads at most 19 bytes of a word at once, so that the rest of a longer one is a word of its own, and may be `exit`.
 * Look at: the width given to scanf or setw: a word goes on until white space. std::string grows.
 * Caught by: client/exit-exact */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char word[20];
    while (scanf("%19s", word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
    }
    close(server);
    return 0;
}
