/* Truth: the first argument of select must be the highest descriptor plus one, but the program gives `conn` itself. So select
   never watches the connection: it sleeps for good after the greeting, and the server prints no message and sees neither `exit`
   nor the end of the stream. Line `int r = select(conn, …)` must be `select(conn + 1, …)`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/select.h>
#include <sys/socket.h>

#define PORT 8023

// 服务器，用select等待数据
int main(void)
{
    int listenfd = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    setsockopt(listenfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));

    struct sockaddr_in addr;
    memset(&addr, 0, sizeof(addr));
    addr.sin_family = AF_INET;
    addr.sin_port = htons(PORT);
    addr.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(listenfd, (struct sockaddr *)&addr, sizeof(addr)) == -1) { perror("bind"); exit(1); }
    if (listen(listenfd, 20) == -1) { perror("listen"); exit(1); }

    int conn = accept(listenfd, NULL, NULL);
    if (conn < 0) { perror("accept"); exit(1); }
    printf("客户端成功连接\n");
    fflush(stdout);

    char buf[1001];
    while (1) {
        fd_set fds;
        FD_ZERO(&fds);
        FD_SET(conn, &fds);
        int r = select(conn, &fds, NULL, NULL, NULL);   // 等待可读
        if (r < 0) { perror("select"); break; }
        if (FD_ISSET(conn, &fds)) {
            memset(buf, 0, sizeof(buf));
            int len = recv(conn, buf, 1000, 0);
            if (len <= 0 || strcmp(buf, "exit") == 0)
                break;
            printf("收到客户端信息：%s\n", buf);
            fflush(stdout);
        }
    }
    close(conn);
    close(listenfd);
    return 0;
}
