/* Caught by: client/word-bytes
 * Common: 1 (an extra that few want) */
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
