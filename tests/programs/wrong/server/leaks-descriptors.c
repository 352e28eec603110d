/* Caught by: server/stream
 * Common: 1 (few servers open files) */
#include "listen.h"
#include <fcntl.h>

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        if (open("/dev/null", O_WRONLY) < 0) perror("open"), exit(1);
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
