/* Caught by: server/suspend
 * Common: 1 (few servers handle signals) */
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
