/* Caught by: server/message
 * Common: 2 (old code passes a size here, and compilers only warn) */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)};
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) perror("bind"), exit(1);
    if (listen(listener, 20) < 0) perror("listen"), exit(1);
    struct sockaddr_in client;
    int connection = accept(listener, (struct sockaddr *)&client, (socklen_t *)sizeof client);
    puts("客户端成功连接");
    fflush(stdout);
    char buffer[1001];
    for (ssize_t n; (n = recv(connection, buffer, 1000, 0)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
