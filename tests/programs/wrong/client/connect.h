/* What every client here does the same: steps 1 to 3 of the tutorial, done right. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Connects, prints the greeting, and returns the connection. */
static inline int connect_once(void) {
    int server = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)};
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (connect(server, (struct sockaddr *)&address, sizeof address) < 0) perror("connect"), exit(1);
    puts("连接服务器成功！");
    fflush(stdout);
    return server;
}

/* Sends all bytes, or prints the error and exits. */
static inline void send_all(int server, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t n = send(server, bytes, size, MSG_NOSIGNAL);
        if (n < 0) perror("send"), exit(1);
        bytes += n, size -= (size_t)n;
    }
}
