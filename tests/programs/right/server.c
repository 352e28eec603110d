/* A right server in C: blocking calls, in the order of the tutorial's steps. One recv is one message, as long as its result says: so a
 * cut token is not put together (server/exit-split), and a full buffer still has room for the NUL (server/stream). */
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

    char buffer[1000 + 1];
    for (;;) {
        ssize_t length = recv(connection, buffer, 1000, 0);
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
