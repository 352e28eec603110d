/* A right server in C: stdio reads the lines of the stream, wherever TCP cuts it: fdopen and getline, whose buffer grows. send_all writes.
 * An answer that cannot be sent is no end yet: lines that came before are printed, and then getline tells. */
#define _GNU_SOURCE
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
        if (sent < 0) return;
        bytes += sent;
        size -= (size_t)sent;
    }
}

static void serve(int connection) {
    send_all(connection, "Hello\n", strlen("Hello\n"));
    FILE *in = fdopen(connection, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    while ((length = getline(&line, &room, in)) > 0) {
        if (line[length - 1] == '\n') line[--length] = '\0';
        if (length > 0 && line[length - 1] == '\r') line[--length] = '\0';
        if (strcmp(line, "quit") == 0) break;
        printf("Received: %s\n", line);
        fflush(stdout);
        char *answer;
        int size = check(asprintf(&answer, "Echo: %s\n", line), "asprintf");
        send_all(connection, answer, (size_t)size); /* In one piece: two small ones would wait for each other. */
        free(answer);
    }
    free(line);
    fclose(in); /* It closes the connection, too. */
}

int main(void) {
    int listener = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    int yes = 1;
    check(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "setsockopt");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(7001)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
    check(listen(listener, 20), "listen");
    printf("Listening on 7001\n");
    fflush(stdout);

    for (;;) {
        struct sockaddr_in client;
        socklen_t size = sizeof client; /* accept changes it, so it is set each time. */
        int connection = accept(listener, (struct sockaddr *)&client, &size);
        if (connection < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
        check(connection, "accept");
        printf("Client %s:%d connected\n", inet_ntoa(client.sin_addr), ntohs(client.sin_port));
        fflush(stdout);
        serve(connection);
        printf("Client left\n");
        fflush(stdout);
    }
}
