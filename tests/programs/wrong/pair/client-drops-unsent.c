/* Caught by: pair/piped */
#include "../client/connect.h"

int main(void) {
    int server = connect_once();
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(server, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
