/* Wrong: it sends "q" before it compares.
 * Breaks: client/exit-token */
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

static void send_all(int server, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t sent = send(server, bytes, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) check(-1, "send");
        bytes += sent;
        size -= (size_t)sent;
    }
}

static int connect_to(int port) {
    int server = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(connect(server, (struct sockaddr *)&address, sizeof address), "connect");
    return server;
}

int main(void) {
    int server = connect_to(8081);
    printf("Type q to leave\n");
    char *typed = NULL;
    size_t room = 0;
    for (;;) {
        printf(": ");
        fflush(stdout);
        ssize_t length = getline(&typed, &room, stdin);
        if (length < 0) break;
        if (typed[length - 1] == '\n') typed[--length] = '\0';
        send_all(server, typed, (size_t)length);
        if (strcmp(typed, "q") == 0) break;
    }
    free(typed);
    close(server);
    return 0;
}
