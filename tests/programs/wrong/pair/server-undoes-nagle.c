/* Caught by: pair/relay */
#include "../server/listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[2001];
    size_t kept = 0;
    ssize_t n;
    while ((n = receive(connection, buffer + kept, 1000)) > 0) {
        kept += (size_t)n;
        buffer[kept] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        if (kept < 3) continue;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
        kept = 0;
    }
    close(connection);
    return 0;
}
