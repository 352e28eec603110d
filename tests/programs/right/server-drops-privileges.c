/* A right server that becomes the user `nobody` once it listens, if root starts it. It gives up its groups, too. */
#include "../wrong/server/listen.h"
#include <grp.h>

static void become_nobody(void) {
    if (getuid() != 0) return;
    if (setgroups(0, NULL) < 0) perror("setgroups"), exit(1);
    if (setgid(65534) < 0) perror("setgid"), exit(1);
    if (setuid(65534) < 0) perror("setuid"), exit(1);
}

int main(void) {
    int connection = accept_one();
    become_nobody();
    char buffer[1001];
    ssize_t n;
    while ((n = receive(connection, buffer, 1000)) > 0) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
