/* Caught by: server/eof
 * Common: 3 (the check is in the wrong place) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    ssize_t n;
    do {
        memset(buffer, 0, sizeof buffer);
        n = receive(connection, buffer, 1000);
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    } while (n > 0);
    return 0;
}
