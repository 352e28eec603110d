/* Wrong: it shuts a connection down and never closes it, so each client that was ever there costs a descriptor.
 * Breaks: server/tidy */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
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

static void *serve(void *argument) {
    int connection = (int)(intptr_t)argument;
    char buffer[1000 + 1];
    for (;;) {
        ssize_t length = recv(connection, buffer, 1000, 0);
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) break; /* The end of the stream, or a reset: this client has gone, and nobody else. */
        buffer[length] = '\0';
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端%d信息：%s\n", connection, buffer);
        fflush(stdout);
    }
    printf("客户端%d已断开\n", connection);
    fflush(stdout);
    shutdown(connection, SHUT_RDWR);
    return NULL;
}

int main(void) {
    int listener = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    int yes = 1;
    check(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "setsockopt");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
    check(listen(listener, 20), "listen");

    for (;;) {
        int connection = accept(listener, NULL, NULL);
        if (connection < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
        check(connection, "accept");
        printf("客户端%d成功连接\n", connection);
        fflush(stdout);
        pthread_t thread;
        int error = pthread_create(&thread, NULL, serve, (void *)(intptr_t)connection);
        if (error != 0) {
            fprintf(stderr, "pthread_create: %s\n", strerror(error));
            return 1;
        }
        pthread_detach(thread);
    }
}
