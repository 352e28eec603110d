/* A right client in C: poll waits for what is typed and for what the others say, whichever comes first. A line of either may come in
 * pieces, so each has a buffer of its own. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The beginning of a line that is not complete yet. */
struct line {
    char *bytes;
    size_t length, room;
};

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
        check((int)sent, "send");
        bytes += sent;
        size -= (size_t)sent;
    }
}

/* Reads what is there, behind what is left of the last read. Returns 0 at the end. */
static size_t fill(int from, struct line *line) {
    if (line->room - line->length < 4096) {
        line->room += 8192;
        line->bytes = realloc(line->bytes, line->room);
        if (!line->bytes) exit(1);
    }
    ssize_t length;
    do length = read(from, line->bytes + line->length, line->room - line->length);
    while (length < 0 && errno == EINTR);
    if (length <= 0) return 0;
    line->length += (size_t)length;
    return (size_t)length;
}

/* The length of the first line with its newline; 0 if it is not complete. */
static size_t complete(const struct line *line) {
    char *end = line->length ? memchr(line->bytes, '\n', line->length) : NULL;
    return end ? (size_t)(end - line->bytes) + 1 : 0;
}

static void drop(struct line *line, size_t length) {
    line->length -= length;
    memmove(line->bytes, line->bytes + length, line->length);
}

static void show(struct line *said) {
    for (size_t length; (length = complete(said)) > 0; drop(said, length)) fwrite(said->bytes, 1, length, stdout);
    fflush(stdout);
}

/* Sends the complete lines. Returns 1 if one of them is the token. */
static int send_typed(int server, struct line *typed) {
    for (size_t length; (length = complete(typed)) > 0; drop(typed, length)) {
        send_all(server, typed->bytes, length);
        if (length == 6 && memcmp(typed->bytes, "/quit\n", 6) == 0) return 1;
    }
    return 0;
}

int main(void) {
    int server = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(7002)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(connect(server, (struct sockaddr *)&address, sizeof address), "connect");
    printf("Connected\n");
    fflush(stdout);

    struct line typed = {0}, said = {0};
    struct pollfd both[2] = {{.fd = 0, .events = POLLIN}, {.fd = server, .events = POLLIN}};
    for (;;) {
        if (poll(both, 2, -1) < 0 && errno != EINTR) check(-1, "poll");
        if (both[1].revents) {
            if (fill(server, &said) == 0) both[1].fd = -1; /* The server has gone: the next send tells. */
            show(&said);
        }
        if (both[0].revents) {
            int is_at_end = fill(0, &typed) == 0;
            if (send_typed(server, &typed)) break;
            if (is_at_end) {
                if (typed.length > 0) {
                    send_all(server, typed.bytes, typed.length);
                    send_all(server, "\n", 1);
                }
                break;
            }
        }
    }
    close(server);
    return 0;
}
