/* Wrong: it takes a line without a newline, at the end of the input, for no line.
 * Breaks: client/eof */
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
    int server = connect_to(4000);
    char *typed = NULL;
    size_t room = 0;
    ssize_t length;
    while ((length = getline(&typed, &room, stdin)) > 0) {
        if (typed[length - 1] != '\n') break;
        send_all(server, typed, (size_t)length);
    }
    free(typed);
    close(server);
    return 0;
}
