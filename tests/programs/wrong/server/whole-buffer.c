/* Caught by: server/message
 * Common: 3 (Java and Go programs print the whole array) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1000];
    while (memset(buffer, 0, sizeof buffer), receive(connection, buffer, sizeof buffer) > 0) {
        if (strncmp(buffer, "exit", sizeof buffer) == 0) break;
        printf("收到客户端信息：");
        fwrite(buffer, 1, sizeof buffer, stdout);
        puts("");
        fflush(stdout);
    }
    return 0;
}
