/* A right server in C that prints one byte each millisecond. It is slow, but right. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void type(const char *text) {
    for (; *text; text++) {
        putchar(*text);
        fflush(stdout);
        usleep(1000);
    }
}

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 20) < 0) return 1;
    int connection = accept(listener, NULL, NULL);
    type("客户端成功连接\n");
    char buffer[1000 + 1];
    for (ssize_t length; (length = recv(connection, buffer, 1000, 0)) > 0;) {
        buffer[length] = '\0';
        if (strcmp(buffer, "exit") == 0) break;
        type("收到客户端信息：");
        type(buffer);
        type("\n");
    }
    return 0;
}
