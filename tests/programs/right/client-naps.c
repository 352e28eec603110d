/* A right client in C that is slow with its first word: it computes for a while and sleeps for a while before it sends the word. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int check(int result, const char *step) {
    if (result < 0) {
        perror(step);
        exit(1);
    }
    return result;
}

/* 50 ms of CPU time, and 50 ms without. */
static void dawdle(void) {
    for (clock_t start = clock(); clock() - start < CLOCKS_PER_SEC / 20;) {}
    nanosleep(&(struct timespec){.tv_nsec = 50 * 1000 * 1000}, NULL);
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

int main(void) {
    int server = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(connect(server, (struct sockaddr *)&address, sizeof address), "connect");
    printf("连接服务器成功！\n");
    fflush(stdout);

    char *word;
    int is_first = 1;
    for (int is_exit = 0; !is_exit && scanf("%ms", &word) == 1; free(word)) {
        if (is_first) dawdle();
        is_first = 0;
        send_all(server, word, strlen(word));
        is_exit = strcmp(word, "exit") == 0;
    }
    close(server);
    return 0;
}
