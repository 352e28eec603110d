/* Mistake: it takes the end of the stream for an empty message, and prints empty messages for ever.
 * Look at: the result of recv: 0 means that the client has gone. Leave the loop.
 * Caught by: server/eof */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) >= 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
