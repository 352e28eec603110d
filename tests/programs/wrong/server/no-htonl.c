/* Caught by: server/listen
 * Common: 2 (most programs use inet_addr) */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)};
    address.sin_addr.s_addr = INADDR_LOOPBACK;
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) perror("bind"), exit(1);
    if (listen(listener, 20) < 0) perror("listen"), exit(1);
    int connection = accept(listener, NULL, NULL);
    if (connection < 0) perror("accept"), exit(1);
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
