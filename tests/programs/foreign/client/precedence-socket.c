/* Truth: `if (fd = socket(…) < 0)` stores the result of the comparison, which is 0, in fd. connect(0, …) then works on
   stdin, which is no socket: the program prints `connect: Socket operation on non-socket`, exits with status 1, and
   never connects. The line to change is the `if` around socket: it needs parentheses, (fd = socket(…)) < 0. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main()
{
    int fd;
    struct sockaddr_in addr;
    char word[2048];

    signal(SIGPIPE, SIG_IGN);
    // 创建套接字
    if (fd = socket(AF_INET, SOCK_STREAM, 0) < 0) {
        perror("socket");
        return 1;
    }

    bzero(&addr, sizeof(addr));
    addr.sin_family = AF_INET;
    addr.sin_port = htons(8023);
    inet_pton(AF_INET, "127.0.0.1", &addr.sin_addr);

    // 连接
    if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
        perror("connect");
        return 1;
    }
    puts("连接服务器成功！");

    // 发送
    while (scanf("%2047s", word) != EOF) {
        if (write(fd, word, strlen(word)) < 0) {
            perror("write");
            return 1;
        }
        if (!strcmp(word, "exit")) break;
    }
    close(fd);
    return 0;
}
