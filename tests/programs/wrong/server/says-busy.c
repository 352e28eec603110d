/* Caught by: server/silent
 * Common: 1 (few servers refuse a client) */
#include "listen.h"
#include <poll.h>

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1, connection = -1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)};
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) perror("bind"), exit(1);
    if (listen(listener, 20) < 0) perror("listen"), exit(1);
    for (;;) {
        struct pollfd both[] = {{listener, POLLIN, 0}, {connection, POLLIN, 0}};
        if (poll(both, 2, -1) < 0) continue;
        if (both[1].revents) {
            char buffer[1001];
            ssize_t n = receive(connection, buffer, 1000);
            if (n <= 0) return 0;
            buffer[n] = 0;
            if (strcmp(buffer, "exit") == 0) return 0;
            printf("收到客户端信息：%s\n", buffer);
            fflush(stdout);
        }
        if (both[0].revents) {
            int client = accept(listener, NULL, NULL);
            if (connection < 0) {
                connection = client;
                puts("客户端成功连接");
                fflush(stdout);
            } else {
                send(client, "busy\n", 5, MSG_NOSIGNAL);
                close(client);
            }
        }
    }
}
