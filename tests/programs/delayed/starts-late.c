/* A right server in C that computes for a while before it listens: `starts-late MILLISECONDS [TOUCHES]`, in CPU time. With TOUCHES it uses
 * more and more memory meanwhile, as a compiler or a runtime does. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **words) {
    static volatile char memory[256 << 20];
    clock_t span = count > 1 ? atol(words[1]) * (CLOCKS_PER_SEC / 1000) : 0, began = clock();
    for (clock_t now = began; now - began < span; now = clock()) {
        /* It has touched all of the memory at the end of the time. */
        if (count > 2) memory[(size_t)((double)(now - began) / span * (sizeof memory - 1))] = 1;
        for (volatile int i = 0; i < 1000; i++) {}
    }
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        return 1;
    }
    listen(listener, 20);
    int connection = accept(listener, NULL, NULL);
    printf("客户端成功连接\n");
    fflush(stdout);
    char buffer[1000 + 1];
    for (ssize_t length; (length = recv(connection, buffer, 1000, 0)) > 0;) {
        buffer[length] = '\0';
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
