/* Caught by: server/buffer
 * Common: 5 (nearly every tutorial uses 1024) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1025];
    for (ssize_t n; (n = receive(connection, buffer, 1024)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
