/* Truth: `buffer + '\n'` does not append a newline: the sum is a pointer to buffer[10], as '\n' is 10. So the server prints a message
   without its first 10 bytes (nothing of a message of up to 10 bytes), and without a newline behind it. In the line with
   `buffer + '\n'`, the text must be `buffer << '\n'`. */
#include <sys/types.h>
#include <sys/socket.h>
#include <stdio.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <unistd.h>
#include <string.h>
#include <stdlib.h>
#include <iostream>
using namespace std;

int main()
{
    int server_sockfd = socket(AF_INET, SOCK_STREAM, 0);
    int opt = 1;
    setsockopt(server_sockfd, SOL_SOCKET, SO_REUSEADDR, &opt, sizeof(opt));
    struct sockaddr_in server_sockaddr;
    memset(&server_sockaddr, 0, sizeof(server_sockaddr));
    server_sockaddr.sin_family = AF_INET;
    server_sockaddr.sin_port = htons(8023);
    server_sockaddr.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(server_sockfd, (struct sockaddr *)&server_sockaddr, sizeof(server_sockaddr)) == -1)
    {
        perror("bind");
        exit(1);
    }
    if (listen(server_sockfd, 20) == -1)
    {
        perror("listen");
        exit(1);
    }
    int conn = accept(server_sockfd, NULL, NULL);
    if (conn < 0)
    {
        perror("accept");
        exit(1);
    }
    cout << "客户端成功连接" << endl;

    char buffer[1001];
    while (1)
    {
        memset(buffer, 0, sizeof(buffer));
        int len = recv(conn, buffer, 1000, 0);
        if (len <= 0 || strcmp(buffer, "exit") == 0)
            break;
        // 输出客户端数据，马上刷新
        cout << "收到客户端信息：" << buffer + '\n';
        cout.flush();
    }
    close(conn);
    close(server_sockfd);
    return 0;
}
