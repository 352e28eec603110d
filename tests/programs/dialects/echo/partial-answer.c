/* Wrong: it lets send take what there is room for, and ignores how much that was, so a client that reads slowly misses the rest.
 * Breaks: server/reply-whole */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int check(int result, const char *step) {
    if (result < 0) {
        perror(step);
        exit(1);
    }
    return result;
}

static void echo(int connection) {
    char buffer[1024];
    for (;;) {
        ssize_t length = recv(connection, buffer, sizeof buffer, 0);
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) return;
        send(connection, buffer, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
}

int main(void) {
    int listener = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    int yes = 1;
    check(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "setsockopt");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(7000)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
    check(listen(listener, 20), "listen");

    for (;;) {
        int connection = accept(listener, NULL, NULL);
        if (connection < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
        check(connection, "accept");
        echo(connection);
        close(connection);
    }
}
