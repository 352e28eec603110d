/* A right client in C: after each word but the token, one recv is the answer. The result of recv says how long it is: the buffer may hold
 * the end of a longer one. Without an answer there is nothing to wait for, so the end of the stream is an error. */
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

static void show_answer(int server) {
    char answer[1000];
    ssize_t length;
    do length = recv(server, answer, sizeof answer, 0);
    while (length < 0 && errno == EINTR);
    if (length < 0) check(-1, "recv");
    if (length == 0) {
        fprintf(stderr, "recv: the server has closed the connection\n");
        exit(1);
    }
    printf("服务端：%.*s\n", (int)length, answer);
    fflush(stdout);
}

int main(void) {
    int server = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(connect(server, (struct sockaddr *)&address, sizeof address), "connect");
    printf("连接服务器成功！\n");
    fflush(stdout);

    char *word;
    for (int is_exit = 0; !is_exit && scanf("%ms", &word) == 1; free(word)) {
        send_all(server, word, strlen(word));
        is_exit = strcmp(word, "exit") == 0;
        if (!is_exit) show_answer(server);
    }
    close(server);
    return 0;
}
