/* Wrong: it flushes at newlines, of which there are none.
 * Breaks: server/prompt */
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
    setvbuf(stdout, NULL, _IOLBF, 0);
    int listener = listen_at(2000);
    printf("listening");
    int connection = accept_next(listener);
    printf("<");
    char buffer[128 + 1];
    ssize_t length;
    while ((length = receive(connection, buffer, 128)) > 0) {
        buffer[length] = '\0';
        if (strcmp(buffer, "end") == 0) break;
        printf("[%s]", buffer);
    }
    close(connection);
    printf(">");
    return 0;
}
