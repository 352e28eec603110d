/* Caught by: pair/relay */
#include "../server/listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    ssize_t n;
    while ((n = receive(connection, buffer, 1000)) > 0) {
        buffer[n] = 0;
        if (n >= 4 && strcmp(buffer + n - 4, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    close(connection);
    return 0;
}
