/* Wrong: it echoes until the end of the stream, and not once.
 * Breaks: server/message */
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

static void send_all(int connection, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t sent = send(connection, bytes, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return; /* The client has gone. The next recv tells. */
        bytes += sent;
        size -= (size_t)sent;
    }
}

static ssize_t receive(int connection, char *buffer, size_t size) {
    ssize_t length;
    do length = recv(connection, buffer, size, 0);
    while (length < 0 && errno == EINTR);
    return length;
}

static int listen_at(int port) {
    int listener = check(socket(AF_INET, SOCK_STREAM, 0), "socket"), yes = 1;
    check(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "setsockopt");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
    check(listen(listener, 20), "listen");
    return listener;
}

static int accept_next(int listener) {
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        if (connection < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
        return check(connection, "accept");
    }
}

int main(void) {
    int listener = listen_at(5000);
    printf("Waiting for a connection\n");
    fflush(stdout);
    int connection = accept_next(listener);
    printf("Connection accepted\n");
    fflush(stdout);
    char buffer[256];
    ssize_t length;
    while ((length = receive(connection, buffer, sizeof buffer)) > 0) {
        printf("Received: ");
        fwrite(buffer, 1, (size_t)length, stdout);
        printf("\n");
        fflush(stdout);
        send_all(connection, buffer, (size_t)length);
    }
    close(connection);
    printf("Done\n");
    return 0;
}
