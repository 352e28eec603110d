/* Wrong: it sends without MSG_NOSIGNAL, so a second answer to a client that has gone kills it.
 * Breaks: server/reset */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int check(int result, const char *step) {
    if (result < 0) {
        perror(step);
        exit(1);
    }
    return result;
}

static void answer(int connection, const char *text) {
    size_t size = strlen(text);
    while (size > 0) {
        ssize_t sent = send(connection, text, size, 0);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return;
        text += sent;
        size -= (size_t)sent;
    }
}

int main(void) {
    int listener = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    int yes = 1;
    check(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "setsockopt");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
    check(listen(listener, 20), "listen");

    int connection = check(accept(listener, NULL, NULL), "accept");
    printf("客户端成功连接\n");
    fflush(stdout);

    char buffer[1000 + 1];
    for (;;) {
        ssize_t length = recv(connection, buffer, 1000, 0);
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) break;
        buffer[length] = '\0';
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
        answer(connection, "收到");
    }

    close(connection);
    close(listener);
    return 0;
}
