/* Wrong: it does not take a client that has left from its list, and dies when it sends to the closed descriptor.
 * Breaks: server/broadcast */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 1000 };

struct text { char *bytes; size_t size; };
struct client { int connection, number, has_left; struct text received, waiting; };

static struct client clients[MOST];
static int count;

static int check(int result, const char *step) {
    if (result < 0 && errno != EINTR && errno != ECONNABORTED) {
        perror(step);
        exit(1);
    }
    return result;
}

static void append(struct text *text, const char *bytes, size_t size) {
    text->bytes = realloc(text->bytes, text->size + size);
    if (text->bytes == NULL) check(-1, "realloc");
    memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
}

static void drop(struct text *text, size_t size) {
    text->size -= size;
    memmove(text->bytes, text->bytes + size, text->size);
}

static void send_waiting(struct client *client) {
    ssize_t sent = send(client->connection, client->waiting.bytes, client->waiting.size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) check(-1, "send");
    if (sent > 0) drop(&client->waiting, (size_t)sent);
}

static void publish(struct client *author, const char *line, size_t length) {
    struct text text = {0};
    char number[16];
    append(&text, number, (size_t)sprintf(number, "%d: ", author->number));
    append(&text, line, length);
    append(&text, "\n", 1);
    fwrite(text.bytes, 1, text.size, stdout);
    fflush(stdout);
    for (struct client *other = clients; other < clients + count; other++) {
        if (other == author) continue;
        append(&other->waiting, text.bytes, text.size);
        send_waiting(other);
    }
    free(text.bytes);
}

/* Returns whether the client is still there. */
static int receive(struct client *client) {
    char buffer[1024], *newline;
    ssize_t length = recv(client->connection, buffer, sizeof buffer, MSG_DONTWAIT);
    if (length < 0) return errno == EINTR || errno == EAGAIN;
    if (length == 0) return 0;
    append(&client->received, buffer, (size_t)length);
    while ((newline = memchr(client->received.bytes, '\n', client->received.size)) != NULL) {
        size_t size = (size_t)(newline - client->received.bytes);
        size_t end = size > 0 && newline[-1] == '\r' ? size - 1 : size;
        if (end == 5 && memcmp(client->received.bytes, "/quit", 5) == 0) return 0;
        publish(client, client->received.bytes, end);
        drop(&client->received, size + 1);
    }
    return 1;
}

static void leave(struct client *client) {
    printf("Client %d left\n", client->number);
    fflush(stdout);
    close(client->connection);
    client->has_left = 1;
}

int main(void) {
    int listener = check(socket(AF_INET, SOCK_STREAM, 0), "socket"), yes = 1, number = 0;
    check(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "setsockopt");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(7002)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
    check(listen(listener, 20), "listen");

    static struct pollfd ready[MOST + 1];
    for (;;) {
        for (int i = 0; i < count; i++) {
            int connection = clients[i].has_left ? -1 : clients[i].connection;
            ready[i] = (struct pollfd){.fd = connection, .events = POLLIN | (clients[i].waiting.size > 0 ? POLLOUT : 0)};
        }
        int polled = count;
        ready[polled] = (struct pollfd){.fd = count < MOST ? listener : -1, .events = POLLIN};
        if (check(poll(ready, (nfds_t)polled + 1, -1), "poll") < 0) continue;
        for (int i = polled - 1; i >= 0; i--) {
            if (ready[i].revents & POLLOUT) send_waiting(&clients[i]);
            if (ready[i].revents & ~POLLOUT && !receive(&clients[i])) leave(&clients[i]);
        }
        if (ready[polled].revents == 0) continue;
        int connection = check(accept(listener, NULL, NULL), "accept");
        if (connection < 0) continue;
        clients[count++] = (struct client){.connection = connection, .number = ++number};
        printf("Client %d connected\n", number);
        fflush(stdout);
    }
}
