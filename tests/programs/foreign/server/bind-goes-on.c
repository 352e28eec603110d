/* Truth: after a failed bind the program prints the error but does not end. listen then gives the socket a port of the kernel's
   choice, and the server sleeps in accept for good. If port 8023 is free, everything is right. The line `perror("bind");` needs
   `exit(1);` (or `return 1;`) behind it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

int open_server(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        perror("socket");
    int opt = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &opt, sizeof opt);

    struct sockaddr_in addr;
    memset(&addr, 0, sizeof addr);
    addr.sin_family = AF_INET;
    addr.sin_port = htons(port);
    addr.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0)
        perror("bind");
    if (listen(fd, 5) < 0)
        perror("listen");
    return fd;
}

int main()
{
    int server = open_server(8023);
    int conn = accept(server, NULL, NULL);
    if (conn < 0)
        perror("accept");
    printf("客户端成功连接\n");
    fflush(stdout);

    while (1) {
        char buf[1001] = "";
        int len = recv(conn, buf, sizeof buf - 1, 0);
        if (len <= 0 || !strcmp(buf, "exit"))
            break;
        printf("收到客户端信息：%s\n", buf);
        fflush(stdout);
    }
    close(conn);
    close(server);
    return 0;
}
