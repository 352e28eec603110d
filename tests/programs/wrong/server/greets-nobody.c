/* Caught by: server/greeting
 * Common: 2 (the greeting is before accept instead of after it) */
#include "listen.h"

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)};
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) perror("bind"), exit(1);
    if (listen(listener, 20) < 0) perror("listen"), exit(1);
    puts("客户端成功连接");
    fflush(stdout);
    int connection = accept(listener, NULL, NULL);
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
