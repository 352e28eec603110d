/* A right client in C. scanf's %ms allocates memory for a word of any length (a fixed buffer overflows: client/long-word), and its result
 * is the loop's condition (client/eof). send may take only a part (client/slow-server), and fails without a signal (client/server-gone). */
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
    }
    close(server);
    return 0;
}
