/* Caught by: server/message
 * Common: 4 (the first examples of most books have no loop) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    ssize_t n = receive(connection, buffer, 1000);
    if (n <= 0) return 0;
    buffer[n] = 0;
    if (strcmp(buffer, "exit") != 0) printf("收到客户端信息：%s\n", buffer);
    return 0;
}
