/* A right server in C that also reads its terminal: Ctrl-D ends it. It writes many lines about its work to stderr. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
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

/* Waits until the socket is readable. Exits at the end of the input. */
static void wait_for(int socket) {
    struct pollfd both[] = {{.fd = socket, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    char line[100];
    for (;;) {
        if (poll(both, 2, -1) < 0 && errno == EINTR) continue;
        if (both[1].revents && read(STDIN_FILENO, line, sizeof line) <= 0) exit(0);
        if (both[0].revents) return;
    }
}

int main(void) {
    int listener = check(socket(AF_INET, SOCK_STREAM, 0), "socket"), yes = 1;
    check(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "setsockopt");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
    check(listen(listener, 20), "listen");

    wait_for(listener);
    int connection = check(accept(listener, NULL, NULL), "accept");
    printf("客户端成功连接\n");
    fflush(stdout);

    char buffer[1000 + 1];
    for (;;) {
        wait_for(connection);
        ssize_t length = recv(connection, buffer, 1000, 0);
        if (length < 0 && errno == EINTR) continue;
        for (int i = 0; i < 20; i++) fprintf(stderr, "debug %d: %zd bytes came from the client, and its connection is descriptor %d\n", i, length, connection);
        if (length <= 0) break;
        buffer[length] = '\0';
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }

    close(connection);
    close(listener);
    return 0;
}
