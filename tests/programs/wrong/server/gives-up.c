/* Caught by: server/stream
 * Common: 2 (a limit protects from endless loops) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (int i = 0; i < 1000; i++) {
        ssize_t n = receive(connection, buffer, 1000);
        if (n <= 0) break;
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
