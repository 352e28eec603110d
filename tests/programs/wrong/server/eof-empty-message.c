/* Mistake: it prints an empty message at the end of the stream, because it looks at the result of recv only behind the output.
 * Look at: the order in the loop: recv, then its result, then the output (while, and not do … while).
 * Caught by: server/eof */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    ssize_t n;
    do {
        memset(buffer, 0, sizeof buffer);
        n = receive(connection, buffer, 1000);
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    } while (n > 0);
    return 0;
}
