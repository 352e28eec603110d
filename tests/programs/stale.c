/* Mistake: what was received is copied over what was there, without an end of its own.
 * Caught by: server/message (and server/exit-split, where the remains complete the token). */
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
