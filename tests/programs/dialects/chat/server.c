/* A right server in C: turns. After each message it reads a line from its stdin, and sends it without the newline. What it prints is
 * flushed before it reads: the user must see what to answer. The end of stdin ends it, as "bye" does, whoever says it. */
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

static void talk(int connection) {
    char message[1024 + 1], *typed = NULL;
    size_t room = 0;
    for (int is_over = 0; !is_over;) {
        ssize_t length = recv(connection, message, 1024, 0);
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) break;
        message[length] = '\0';
        printf("Client: %s\n", message);
        fflush(stdout);
        if (strcmp(message, "bye") == 0) break;

        length = getline(&typed, &room, stdin);
        if (length < 0) break;
        if (typed[length - 1] == '\n') typed[--length] = '\0';
        send_all(connection, typed, (size_t)length);
        is_over = strcmp(typed, "bye") == 0;
    }
    free(typed);
}

int main(void) {
    int listener = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    int yes = 1;
    check(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "setsockopt");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8080)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
    check(listen(listener, 20), "listen");
    printf("Waiting for a client\n");
    fflush(stdout);

    int connection = check(accept(listener, NULL, NULL), "accept");
    printf("Client connected\n");
    fflush(stdout);
    talk(connection);
    close(connection);
    close(listener);
    return 0;
}
