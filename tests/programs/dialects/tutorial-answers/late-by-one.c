/* Wrong: it takes the answer to a word only when the next word has been typed, so each answer is shown late by one.
 * Breaks: client/reply */
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
    int words = 0;
    for (int is_exit = 0; !is_exit && scanf("%ms", &word) == 1; free(word)) {
        if (words++ > 0) show_answer(server);
        send_all(server, word, strlen(word));
        is_exit = strcmp(word, "exit") == 0;
    }
    close(server);
    return 0;
}
