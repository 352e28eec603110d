/* Wrong: it asks strlen for the length of bytes that no NUL ends, so it sends the end of a longer message behind a shorter one.
 * Breaks: server/reply */
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

static int send_all(int connection, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t sent = send(connection, bytes, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return -1;
        bytes += sent;
        size -= (size_t)sent;
    }
    return 0;
}

static void echo(int connection) {
    char buffer[1024 + 1] = "";
    for (;;) {
        ssize_t length = recv(connection, buffer, 1024, 0);
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0 || send_all(connection, buffer, strlen(buffer)) < 0) return;
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
