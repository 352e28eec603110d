/* A right server in C: the thread gets the descriptor itself, and not a pointer to main's variable. The texts are printed before the
 * descriptor is closed. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
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
    check(listen(listener, 100), "listen");
    return listener;
}

static int accept_next(int listener) {
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        if (connection < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
        return check(connection, "accept");
    }
}

static void *serve(void *argument) {
    int connection = (int)(intptr_t)argument;
    char buffer[1024 + 1];
    ssize_t length;
    while ((length = receive(connection, buffer, 1024)) > 0) {
        buffer[length] = '\0';
        printf("[%d] %s\n", connection, buffer);
        fflush(stdout);
        if (strcmp(buffer, "exit") == 0) break;
        for (ssize_t i = 0; i < length; i++) buffer[i] = (char)toupper((unsigned char)buffer[i]);
        send_all(connection, buffer, (size_t)length);
    }
    printf("[%d] gone\n", connection);
    fflush(stdout);
    close(connection);
    return NULL;
}

int main(void) {
    int listener = listen_at(7777);
    printf("Server ready on 7777\n");
    fflush(stdout);
    for (;;) {
        int connection = accept_next(listener);
        printf("[%d] hello\n", connection);
        fflush(stdout);
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connection) != 0) return 1;
        pthread_detach(thread);
    }
}
