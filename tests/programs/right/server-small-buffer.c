/* Falls short of: server/buffer (its buffer holds 512 bytes)
 * So one segment may come out of several recvs. That breaks no MUST. */
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

    char buffer[512 + 1];
    for (;;) {
        ssize_t length = recv(connection, buffer, 512, 0);
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) break; /* The client has closed or reset the connection. This is the end, not an error. */
        buffer[length] = '\0';
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }

    close(connection);
    close(listener);
    return 0;
}
