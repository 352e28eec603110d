/* Caught by: pair/piped */
#include "../client/connect.h"

int main(void) {
    int server = connect_once();
    char word[1000];
    while (scanf("%999s", word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
    }
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(server, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(server);
    return 0;
}
