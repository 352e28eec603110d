/* Mistake: it installs a signal handler without SA_RESTART, so that the signal ends its wait, which it takes for the end of the
 *   connection.
 * Look at: the result of recv: when it is -1 and errno is EINTR, wait again; or set SA_RESTART in sigaction.
 * Caught by: server/suspend */
#include "listen.h"
#include <signal.h>

static void welcome_back(int number) {
    (void)number;
}

int main(void) {
    int connection = accept_one();
    struct sigaction action = {.sa_handler = welcome_back};
    sigaction(SIGCONT, &action, NULL);
    char buffer[1001];
    for (ssize_t n; (n = recv(connection, buffer, 1000, 0)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
