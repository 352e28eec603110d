/* Caught by: server/message
 * Common: 2 (the classic mistake with sizeof, but it shows only in longer messages) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char *buffer = calloc(1, 1001);
    while (memset(buffer, 0, sizeof buffer), receive(connection, buffer, 1000) > 0) {
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
