/* Caught by: server/exit-token
 * Common: 2 (exit(1) is copied from the checks of errors) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) exit(1);
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
