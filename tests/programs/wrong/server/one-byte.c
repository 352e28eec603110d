/* Caught by: server/message
 * Common: 2 (a habit from getchar and from read in Java) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[2];
    for (ssize_t n; (n = receive(connection, buffer, 1)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
