/* Caught by: pair/client-killed */
#include "../server/listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    while (1) {
        ssize_t n = receive(connection, buffer, 1000);
        if (n <= 0) pause();
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    close(connection);
    return 0;
}
