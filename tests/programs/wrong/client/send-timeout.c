/* Caught by: client/slow-server
 * Common: 1 (an option that few know) */
#include "connect.h"
#include <signal.h>
#include <sys/time.h>

int main(void) {
    int server = connect_once();
    static char word[1 << 20];
    struct timeval second = {1, 0};
    setsockopt(server, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
    while (scanf("%1048575s", word) == 1) {
        if (send(server, word, strlen(word), MSG_NOSIGNAL) < 0 && errno != EAGAIN) perror("send"), exit(1);
        if (strcmp(word, "exit") == 0) break;
    }
    close(server);
    return 0;
}
