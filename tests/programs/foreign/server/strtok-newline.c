/* Truth: `strtok(buffer, "\r\n")` keeps only the first line of what recv returns, and drops the line ends. So the server prints too
   little when bytes contain \r or \n, prints nothing for a message of line ends only, and also ends at `exit\n`.
   The line `char *msg = strtok(buffer, "\r\n");` must be `char *msg = buffer;`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <netdb.h>
#include <sys/types.h>
#include <sys/socket.h>

#define SERV_PORT "8023"
#define MAXLINE 1000

int main(void)
{
    struct addrinfo hints, *res;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    int rv = getaddrinfo("127.0.0.1", SERV_PORT, &hints, &res);
    if (rv != 0) {
        fprintf(stderr, "getaddrinfo: %s\n", gai_strerror(rv));
        return 1;
    }
    int sockfd = socket(res->ai_family, res->ai_socktype, res->ai_protocol);
    int yes = 1;
    setsockopt(sockfd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(int));
    if (bind(sockfd, res->ai_addr, res->ai_addrlen) == -1) {
        perror("bind");
        return 1;
    }
    freeaddrinfo(res);
    if (listen(sockfd, 10) == -1) {
        perror("listen");
        return 1;
    }
    int new_fd = accept(sockfd, NULL, NULL);
    if (new_fd == -1) {
        perror("accept");
        return 1;
    }
    printf("客户端成功连接\n");
    fflush(stdout);

    char buffer[MAXLINE + 1];
    int numbytes;
    while ((numbytes = recv(new_fd, buffer, MAXLINE, 0)) > 0) {
        buffer[numbytes] = '\0';
        char *msg = strtok(buffer, "\r\n");     // get rid of the newline
        if (msg == NULL)
            continue;
        if (strcmp(msg, "exit") == 0)
            break;
        printf("收到客户端信息：%s\n", msg);
        fflush(stdout);
    }
    close(new_fd);
    close(sockfd);
    return 0;
}
