/* Caught by: server/message
 * Common: 4 (the classic mistake with sizeof and malloc) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char *buffer = malloc(1001);
    for (ssize_t n; (n = receive(connection, buffer, sizeof buffer)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
