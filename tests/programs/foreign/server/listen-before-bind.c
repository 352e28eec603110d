/* Truth: the program calls listen before bind. listen gives the socket a port of the kernel's choice, and then bind fails with
   "Invalid argument": the server prints `bind: Invalid argument` and ends with status 1 before any client can connect. The block with
   `listen` must come after the block with `bind`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

int main()
{
    int fd, cli, n;
    char data[1001];
    struct sockaddr_in srv;

    fd = socket(AF_INET, SOCK_STREAM, 0);
    n = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &n, sizeof(n));

    // 先监听
    if (listen(fd, 20) == -1) {
        perror("listen");
        exit(1);
    }

    // 再绑定地址
    memset(&srv, 0, sizeof(srv));
    srv.sin_family = AF_INET;
    srv.sin_port = htons(8023);
    srv.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(fd, (struct sockaddr *)&srv, sizeof(srv)) == -1) {
        perror("bind");
        exit(1);
    }

    cli = accept(fd, NULL, NULL);
    printf("客户端成功连接\n");
    fflush(stdout);
    while ((n = recv(cli, data, 1000, 0)) > 0) {
        data[n] = 0;
        if (strcmp(data, "exit") == 0) break;
        printf("收到客户端信息：%s\n", data);
        fflush(stdout);
    }
    close(cli);
    close(fd);
    return 0;
}
