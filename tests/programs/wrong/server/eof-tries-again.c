/* Mistake: it tries again when recv returns 0, and at the end of the stream recv returns 0 for ever.
 * Look at: the result of recv: 0 does not mean that nothing has come yet, but that nothing will ever come. Leave the loop.
 * Caught by: server/eof */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) >= 0;) {
        if (n == 0) continue;
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
