/* A right server in C that sleeps before each step: `server WAY MILLISECONDS [DELAYS]`. */
#include "delay.h"
#include <arpa/inet.h>

static int check(int result, const char *step) {
    if (result < 0) {
        perror(step);
        exit(1);
    }
    return result;
}

int main(int count, char **words) {
    choose(count, words);
    int listener = check(socket(AF_INET, SOCK_STREAM, 0), "socket"), yes = 1;
    check(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "setsockopt");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    dawdle();
    check(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
    check(listen(listener, 20), "listen");

    int connection = check(accept(listener, NULL, NULL), "accept");
    dawdle();
    printf("客户端成功连接\n");
    fflush(stdout);

    char buffer[1000 + 1];
    for (;;) {
        ssize_t length = recv(connection, buffer, 1000, 0);
        if (length < 0 && errno == EINTR) continue;
        dawdle();
        if (length <= 0) break;
        buffer[length] = '\0';
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }

    close(connection);
    close(listener);
    dawdle();
    return 0;
}
