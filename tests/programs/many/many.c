/* A server for many clients, in one of several ways: `many MODE PORT`.
   It prints and answers each message with the number of its client: "2: hello\n". It prints "2 has gone\n" at the end of a client.
   The message "big" has 8 MiB as its answer; the message "bye" ends the connection. */

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 256, BIG = 8 << 20 };

static const char *mode;
static int clients[MOST];

static int is(const char *name) { return strcmp(mode, name) == 0; }

static void say(const char *text) {
    /* One write for each line, so that threads and processes do not mix them. */
    if (write(1, text, strlen(text)) < 0) exit(1);
}

static void deliver(int to, const char *bytes, size_t len) {
    while (len > 0) {
        ssize_t n = send(to, bytes, len, MSG_NOSIGNAL);
        if (n <= 0) return;
        bytes += n;
        len -= n;
    }
}

static void answer(int number, const char *line) {
    if (is("broadcast")) {
        for (int i = 1; i < MOST; i++)
            if (clients[i] > 0) deliver(clients[i], line, strlen(line));
    } else {
        deliver(clients[number], line, strlen(line));
    }
}

/* Reads one message. Returns whether the client is still there. */
static int serve_message(int number) {
    char message[1001], line[1100];
    ssize_t n = recv(clients[number], message, sizeof message - 1, 0);
    if (n > 0) {
        message[n] = 0;
        snprintf(line, sizeof line, "%d: %s\n", number, message);
        say(line);
        if (strcmp(message, "big") == 0) {
            char *big = malloc(BIG);
            memset(big, 'x', BIG);
            deliver(clients[number], big, BIG);
            free(big);
        } else {
            answer(number, line);
        }
        if (strcmp(message, "bye") != 0) return 1;
    }
    if (!is("leaks-descriptors")) close(clients[number]);
    clients[number] = 0;
    snprintf(line, sizeof line, "%d has gone\n", number);
    say(line);
    return 0;
}

static void *serve(void *number) {
    while (serve_message((int)(long)number)) {}
    if (is("keeps-threads")) pause();
    return NULL;
}

static void serve_in_thread(int number) {
    pthread_t thread;
    pthread_create(&thread, NULL, serve, (void *)(long)number);
    if (!is("joins-none") && !is("keeps-threads")) pthread_detach(thread);
}

static void serve_in_process(int listener, int number) {
    if (fork() == 0) {
        close(listener);
        serve((void *)(long)number);
        _exit(0);
    }
    close(clients[number]);
    clients[number] = 0;
}

/* Waits for all of them at once. */
static void poll_all(int listener) {
    for (int next = 1;;) {
        struct pollfd all[MOST] = {{.fd = listener, .events = POLLIN}};
        for (int i = 1; i < MOST; i++) all[i] = (struct pollfd){.fd = clients[i] ? clients[i] : -1, .events = POLLIN};
        poll(all, MOST, -1);
        for (int i = 1; i < MOST; i++)
            if (all[i].revents) serve_message(i);
        if (all[0].revents) clients[next++ % MOST] = accept(listener, NULL, NULL);
    }
}

int main(int argc, char **argv) {
    if (argc < 3) return 1;
    mode = argv[1];
    /* A server that is to let no zombie live. */
    if (!is("zombies")) signal(SIGCHLD, SIG_IGN);
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2])), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, is("next") ? 2 : 128) < 0) return 1;
    if (is("polls") || is("broadcast")) poll_all(listener);
    for (int number = 1;; number = number % (MOST - 1) + 1) {
        clients[number] = accept(listener, NULL, NULL);
        if (is("next"))
            serve((void *)(long)number);
        else if (is("forks") || is("zombies"))
            serve_in_process(listener, number);
        else
            serve_in_thread(number);
    }
}
