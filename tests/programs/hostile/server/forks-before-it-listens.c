/* Hazard: before it listens, it starts thousands of short processes, one after another, as a wrapper script does.
 * Played with: server/greeting/once
 * Verdict: pass */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    for (int i = 0; i < 6000; i++) {
        pid_t child = fork();
        if (child == 0) _exit(0);
        if (child < 0 || waitpid(child, NULL, 0) < 0) return 1;
    }
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 1) < 0) return 1;
    int connection = accept(listener, NULL, NULL);
    setvbuf(stdout, NULL, _IONBF, 0);
    printf("客户端成功连接\n");
    char data[1000];
    for (ssize_t size; (size = recv(connection, data, sizeof data, 0)) > 0;) {
        printf("收到客户端信息：%.*s\n", (int)size, data);
        if (size == 4 && data[0] == 'e') break;
    }
    return 0;
}
