/* Mistake: it gives recv 1024 bytes of room, and not 1000.
 * Look at: the size of the buffer, and the size that is given to recv: 1000.
 * Caught by: server/buffer */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1025];
    for (ssize_t n; (n = receive(connection, buffer, 1024)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
