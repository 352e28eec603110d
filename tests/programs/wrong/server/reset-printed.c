/* Caught by: server/reset
 * Common: 2 (the check is for 0 only) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n = 1; n > 0;) {
        n = receive(connection, buffer, 1000);
        if (n == 0) break;
        buffer[n > 0 ? n : 0] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
