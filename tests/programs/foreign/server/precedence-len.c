/* Truth: `len = read(…) <= 0` stores the result of the comparison in `len`, which is 0 for every message, because `<=` binds tighter
   than `=`. So `buffer[len] = '\0'` empties the buffer: the server prints an empty message for each read, and never recognises
   `exit`. The line with `read` must be `if ((len = read(conn, buffer, 1000)) <= 0)`. */
#include <sys/types.h>
#include <sys/socket.h>
#include <stdio.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <unistd.h>
#include <string.h>
#include <stdlib.h>

int main()
{
    int server_sockfd = socket(AF_INET, SOCK_STREAM, 0);
    int reuse = 1;
    setsockopt(server_sockfd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof(reuse));
    struct sockaddr_in server_sockaddr;
    memset(&server_sockaddr, 0, sizeof(server_sockaddr));
    server_sockaddr.sin_family = AF_INET;
    server_sockaddr.sin_port = htons(8023);
    server_sockaddr.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(server_sockfd, (struct sockaddr *)&server_sockaddr, sizeof(server_sockaddr)) == -1) {
        perror("bind");
        exit(1);
    }
    if (listen(server_sockfd, 20) == -1) {
        perror("listen");
        exit(1);
    }
    struct sockaddr_in client_addr;
    socklen_t length = sizeof(client_addr);
    int conn = accept(server_sockfd, (struct sockaddr *)&client_addr, &length);
    if (conn < 0) {
        perror("accept");
        exit(1);
    }
    printf("客户端成功连接\n");
    fflush(stdout);

    char buffer[1001];
    int len;
    while (1) {
        if (len = read(conn, buffer, 1000) <= 0)
            break;
        buffer[len] = '\0';     // 加上结束符
        if (strcmp(buffer, "exit") == 0)
            break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    close(conn);
    close(server_sockfd);
    return 0;
}
