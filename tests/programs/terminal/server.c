/* A server in C that never flushes. Its argument, if there is one, stands behind the greeting in place of the newline. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **arguments) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        return 1;
    }
    listen(listener, 20);

    int connection = accept(listener, NULL, NULL);
    printf("客户端成功连接%s", count > 1 ? arguments[1] : "\n");
    char buffer[1000 + 1];
    for (ssize_t length; (length = recv(connection, buffer, 1000, 0)) > 0;) {
        buffer[length] = '\0';
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
    }
    close(connection);
    return 0;
}
