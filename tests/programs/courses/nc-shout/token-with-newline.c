/* Wrong: it compares the line, which has its newline, with the token that has none.
 * Breaks: client/exit-token */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
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

static int connect_to(int port) {
    int server = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(connect(server, (struct sockaddr *)&address, sizeof address), "connect");
    return server;
}

/* Sends the line, and shows the reply up to its newline. */
static void exchange(int server, const char *line, size_t size) {
    char reply[512];
    size_t sent = 0, shown = 0;
    while (shown < size) {
        struct pollfd wait = {.fd = server, .events = (short)(POLLIN | (sent < size ? POLLOUT : 0))};
        if (poll(&wait, 1, -1) < 0 && errno == EINTR) continue;
        if (wait.revents & POLLOUT) {
            ssize_t more = send(server, line + sent, size - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (more < 0 && errno != EAGAIN && errno != EINTR) check(-1, "send");
            if (more > 0) sent += (size_t)more;
        }
        if (wait.revents & (POLLIN | POLLHUP | POLLERR)) {
            ssize_t length = recv(server, reply, sizeof reply, 0);
            if (length < 0 && errno == EINTR) continue;
            check((int)length, "recv");
            if (length == 0) {
                fprintf(stderr, "recv: the server has closed the connection\n");
                exit(1);
            }
            fwrite(reply, 1, (size_t)length, stdout);
            fflush(stdout);
            shown = memchr(reply, '\n', (size_t)length) != NULL ? size : shown + (size_t)length;
        }
    }
}

int main(void) {
    int server = connect_to(7070);
    char *typed = NULL;
    size_t room = 0;
    for (;;) {
        printf("nc> ");
        fflush(stdout);
        ssize_t length = getline(&typed, &room, stdin);
        if (length < 0) break;
        if (typed[length - 1] != '\n') {
            typed = realloc(typed, (size_t)length + 2);
            typed[length++] = '\n';
            typed[length] = '\0';
        }
        if (strcmp(typed, "exit") == 0) {
            check((int)send(server, typed, (size_t)length, MSG_NOSIGNAL), "send");
            break;
        }
        exchange(server, typed, (size_t)length);
    }
    free(typed);
    close(server);
    return 0;
}
