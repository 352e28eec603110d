/* Caught by: client/word
 * Breaks too: client/slow-server (what it types there is more words than the table holds)
 * Common: 1 (needs a list of all words) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    static char word[1 << 20];
    char *history[1024];
    for (int count = 0; count < 1024 && scanf("%1048575s", word) == 1; count++) {
        history[count] = strdup(word);
        send_all(server, history[count], strlen(history[count]));
        if (strcmp(history[count], "exit") == 0) break;
    }
    close(server);
    return 0;
}
