/* Caught by: server/stream
 * Common: 2 (examples of select have a short timeout) */
#include "listen.h"
#include <poll.h>

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    struct pollfd one = {.fd = connection, .events = POLLIN};
    while (poll(&one, 1, 1000) > 0) {
        ssize_t n = receive(connection, buffer, 1000);
        if (n <= 0) break;
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
