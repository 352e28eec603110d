/* Truth: the client binds its socket to 127.0.0.1:8023, as the server does. The server has that address already, so bind
   fails: the program prints `bind: Address already in use`, exits with status 1 and never connects. The lines to delete are
   the call of bind and its error message (a client needs no bind). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>

int main()
{
    // 1. 创建套接字
    int client_sockfd = socket(AF_INET, SOCK_STREAM, 0);

    // 2. 网络地址
    struct sockaddr_in server_sockaddr;
    memset(&server_sockaddr, 0, sizeof(server_sockaddr));
    server_sockaddr.sin_family = AF_INET;
    server_sockaddr.sin_port = htons(8023);
    server_sockaddr.sin_addr.s_addr = inet_addr("127.0.0.1");

    // 3. 绑定
    if (bind(client_sockfd, (struct sockaddr *)&server_sockaddr, sizeof(server_sockaddr)) == -1)
    {
        perror("bind");
        exit(1);
    }

    // 4. 连接
    if (connect(client_sockfd, (struct sockaddr *)&server_sockaddr, sizeof(server_sockaddr)) == -1)
    {
        perror("connect");
        exit(1);
    }
    printf("连接服务器成功！\n");
    fflush(stdout);

    // 5. 循环发送
    char sendbuf[1000];
    while (scanf("%999s", sendbuf) == 1)
    {
        if (send(client_sockfd, sendbuf, strlen(sendbuf), MSG_NOSIGNAL) == -1)
        {
            perror("send");
            exit(1);
        }
        if (strcmp(sendbuf, "exit") == 0)
            break;
    }
    close(client_sockfd);
    return 0;
}
