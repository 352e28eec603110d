/* Mistake: it takes a word that begins with # for a comment, and does not send it.
 * Look at: every continue in the loop: each word is sent, whatever it begins with.
 * Caught by: client/word-bytes */
#include "connect.h"

int main(void) {
    int server = connect_once();
    static char word[1 << 20];
    while (scanf("%1048575s", word) == 1) {
        if (word[0] == '#') continue;
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
    }
    close(server);
    return 0;
}
