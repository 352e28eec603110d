/* A client in C that never flushes. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    int server = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(server, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("connect");
        return 1;
    }
    printf("连接服务器成功！\n");

    char *word;
    for (int is_exit = 0; !is_exit && scanf("%ms", &word) == 1; free(word)) {
        size_t left = strlen(word);
        for (char *rest = word; left > 0;) {
            ssize_t sent = send(server, rest, left, MSG_NOSIGNAL);
            if (sent < 0) {
                perror("send");
                return 1;
            }
            rest += sent;
            left -= (size_t)sent;
        }
        is_exit = strcmp(word, "exit") == 0;
    }
    close(server);
    return 0;
}
