/* Mistake: it takes a reset by the client for a failure of its own, and ends with status 1.
 * Look at: the result of recv: -1 means that the client has gone, as 0 does.
 * Caught by: server/reset */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) != 0;) {
        if (n < 0) return perror("recv"), 1;
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
