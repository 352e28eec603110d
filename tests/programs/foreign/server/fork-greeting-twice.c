/* Truth: the greeting is still in the buffer of stdout when the program forks, so parent and child both own a copy. The child prints
   the greeting with the first message (or at its end), and the parent prints the greeting a second time when the parent ends. The line
   `printf("客户端成功连接\n");` needs `fflush(stdout);` behind it, before the fork. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>

int main()
{
    int sfd = socket(AF_INET, SOCK_STREAM, 0);
    int opt = 1;
    setsockopt(sfd, SOL_SOCKET, SO_REUSEADDR, &opt, sizeof(opt));
    struct sockaddr_in sa;
    bzero(&sa, sizeof(sa));
    sa.sin_family = AF_INET;
    sa.sin_port = htons(8023);
    sa.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(sfd, (struct sockaddr *)&sa, sizeof(sa)) < 0) {
        perror("bind");
        return 1;
    }
    listen(sfd, 10);

    int cfd = accept(sfd, NULL, NULL);
    printf("客户端成功连接\n");

    pid_t pid = fork();     /* 子进程负责通信 */
    if (pid == 0) {
        close(sfd);
        char msg[1001];
        int n;
        while ((n = read(cfd, msg, 1000)) > 0) {
            msg[n] = '\0';
            if (strcmp(msg, "exit") == 0)
                break;
            printf("收到客户端信息：%s\n", msg);
            fflush(stdout);
        }
        close(cfd);
        exit(0);
    }
    /* 父进程等待子进程结束 */
    close(cfd);
    wait(NULL);
    close(sfd);
    return 0;
}
