/* Caught by: server/message
 * Common: 4 (without step 8.1 the old bytes remain) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001] = {0};
    while (receive(connection, buffer, 1000) > 0) {
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
