/* Caught by: client/word
 * Common: 4 (asked again and again in forums) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    size_t size = 1 << 20;
    char *word = calloc(1, size);
    while (scanf("%1048575s", word) == 1) {
        send_all(server, word, sizeof word);
        if (strcmp(word, "exit") == 0) break;
        memset(word, 0, size);
    }
    close(server);
    return 0;
}
