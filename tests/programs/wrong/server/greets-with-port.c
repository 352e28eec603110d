/* Caught by: server/greeting
 * Common: 4 (most examples print the address of the client) */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)}, client;
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) perror("bind"), exit(1);
    if (listen(listener, 20) < 0) perror("listen"), exit(1);
    socklen_t size = sizeof client;
    int connection = accept(listener, (struct sockaddr *)&client, &size);
    printf("客户端成功连接 %s:%d\n", inet_ntoa(client.sin_addr), ntohs(client.sin_port));
    fflush(stdout);
    char buffer[1001];
    ssize_t n;
    while ((n = recv(connection, buffer, 1000, 0)) > 0) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
