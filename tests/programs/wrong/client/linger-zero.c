/* Caught by: client/hang-up
 * Common: 1 (an option that few know) */
#include "connect.h"
#include <linux/sockios.h>
#include <sched.h>
#include <sys/ioctl.h>

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
    // The reset throws away what is not sent yet. How much that is would differ from run to run.
    for (int left; ioctl(server, SIOCOUTQ, &left) == 0 && left > 0;) sched_yield();
    close(server);
    return 0;
}
