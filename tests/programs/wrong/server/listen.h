/* What every server here does the same: steps 1 to 6 of the tutorial, done right. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Waits for the one client, greets it, and returns the connection. */
static int accept_one(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)};
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) perror("bind"), exit(1);
    if (listen(listener, 20) < 0) perror("listen"), exit(1);
    int connection = accept(listener, NULL, NULL);
    if (connection < 0) perror("accept"), exit(1);
    puts("客户端成功连接");
    fflush(stdout);
    return connection;
}

/* Reads again if a signal interrupts the read. */
static ssize_t receive(int connection, char *buffer, size_t size) {
    ssize_t n;
    do n = recv(connection, buffer, size, 0);
    while (n < 0 && errno == EINTR);
    return n;
}
