/* Mistake: it prints no newline behind a message, so all messages stand on one line.
 * Look at: the output in the receive loop: a newline belongs behind each message; flushing does not print one.
 * Caught by: server/message */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s", buffer);
        fflush(stdout);
    }
    return 0;
}
