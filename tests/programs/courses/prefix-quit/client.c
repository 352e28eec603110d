/* A right client in C: it sends the line with its newline, and compares its beginning. */
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

static ssize_t receive(int server, char *buffer, size_t size) {
    ssize_t length;
    do length = recv(server, buffer, size, 0);
    while (length < 0 && errno == EINTR);
    if (length < 0) check(-1, "recv");
    if (length == 0) {
        fprintf(stderr, "recv: the server has closed the connection\n");
        exit(1);
    }
    return length;
}

static int connect_to(int port) {
    int server = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(connect(server, (struct sockaddr *)&address, sizeof address), "connect");
    return server;
}

int main(void) {
    int server = connect_to(3000);
    printf("Connected\n");
    fflush(stdout);
    char reply[1024 + 1], *typed = NULL;
    size_t room = 0;
    ssize_t length;
    while ((length = getline(&typed, &room, stdin)) > 0) {
        if (typed[length - 1] != '\n') typed[length++] = '\n'; /* The last line may have none; the NUL was in its place. */
        send_all(server, typed, (size_t)length);
        if (length > 4 && memcmp(typed, "quit", 4) == 0) break;
        reply[receive(server, reply, 1024)] = '\0';
        printf("Server says: %s", reply);
        fflush(stdout);
    }
    free(typed);
    close(server);
    return 0;
}
