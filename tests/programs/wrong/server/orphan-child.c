/* Caught by: server/hang-up
 * Breaks too: server/restart (the child keeps the listener as well)
 * Common: 1 (few servers start a child process) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    if (fork() == 0) for (;;) pause();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
