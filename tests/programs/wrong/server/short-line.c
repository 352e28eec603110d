/* Caught by: server/stream
 * Common: 2 (sprintf into a second buffer is a habit) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001], line[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        snprintf(line, sizeof line, "收到客户端信息：%s", buffer);
        puts(line);
        fflush(stdout);
    }
    return 0;
}
