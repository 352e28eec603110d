/* Mistake: it does not clear its buffer, so the end of a longer message stays behind a shorter one.
 * Look at: the buffer before each recv, or buffer[n] = 0 behind it.
 * Caught by: server/message */
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
