/* A right client in C: it receives while it sends. A client that first sends a whole line of many megabytes waits for a server that waits
 * for it: the server cannot send back more than the buffers hold. The echo is complete at its newline, and not after one recv. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static ssize_t check(ssize_t result, const char *step) {
    if (result < 0 && errno != EINTR && errno != EAGAIN) {
        perror(step);
        exit(1);
    }
    return result;
}

static void exchange(int server, const char *line, size_t size) {
    char echo[1024];
    size_t sent = 0, received = 0;
    int is_complete = 0;
    while (sent < size || !is_complete) {
        struct pollfd ready = {.fd = server};
        ready.events = (short)((sent < size ? POLLOUT : 0) | (is_complete ? 0 : POLLIN));
        check(poll(&ready, 1, -1), "poll");
        if (sent < size) {
            ssize_t length = check(send(server, line + sent, size - sent, MSG_DONTWAIT | MSG_NOSIGNAL), "send");
            if (length > 0) sent += (size_t)length;
        }
        if (!is_complete) {
            ssize_t length = check(recv(server, echo, sizeof echo, MSG_DONTWAIT), "recv");
            if (length < 0) continue;
            if (length == 0) {
                fprintf(stderr, "recv: the server has closed the connection\n");
                exit(1);
            }
            fwrite(echo, 1, (size_t)length, stdout);
            fflush(stdout);
            received += (size_t)length;
            is_complete = received >= size || memchr(echo, '\n', (size_t)length) != NULL;
        }
    }
}

int main(void) {
    int server = (int)check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(7000)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(connect(server, (struct sockaddr *)&address, sizeof address), "connect");

    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    while ((length = getline(&line, &room, stdin)) > 0) {
        if (line[length - 1] != '\n') line[length++] = '\n'; /* The last line may have none; the NUL was in its place. */
        exchange(server, line, (size_t)length);
    }
    free(line);
    close(server);
    return 0;
}
