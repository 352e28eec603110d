/* Caught by: server/greeting
 * Breaks too: server/message (the greeting stands between the messages)
 * Common: 3 (the line is in the wrong block) */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)};
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) return perror("bind"), 1;
    if (listen(listener, 20) < 0) return perror("listen"), 1;
    int connection = accept(listener, NULL, NULL);
    if (connection < 0) return perror("accept"), 1;
    char buffer[1001];
    for (;;) {
        puts("客户端成功连接");
        fflush(stdout);
        ssize_t n = recv(connection, buffer, 1000, 0);
        if (n <= 0) break;
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
