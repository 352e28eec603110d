/* Truth: three mistakes. When nobody listens, perror("client: connect") prints a line on stderr that begins with `client: ` and
   not with `connect: `, and the program returns 2 and not 1. When the server is gone, the second send raises SIGPIPE, which kills
   the program. Lines to change: perror("client: connect"), return 2, and send (with MSG_NOSIGNAL). */
// based on Beej's Guide, client.c
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <string.h>
#include <netdb.h>
#include <sys/types.h>
#include <sys/socket.h>

#define PORT "8023" // the port client will be connecting to
#define MAXDATASIZE 4096

int main(void)
{
    int sockfd = -1, rv;
    char buf[MAXDATASIZE];
    struct addrinfo hints, *servinfo, *p;

    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;

    if ((rv = getaddrinfo("127.0.0.1", PORT, &hints, &servinfo)) != 0) {
        fprintf(stderr, "getaddrinfo: %s\n", gai_strerror(rv));
        return 1;
    }

    // loop through all the results and connect to the first we can
    for (p = servinfo; p != NULL; p = p->ai_next) {
        if ((sockfd = socket(p->ai_family, p->ai_socktype, p->ai_protocol)) == -1) {
            perror("client: socket");
            continue;
        }
        if (connect(sockfd, p->ai_addr, p->ai_addrlen) == -1) {
            close(sockfd);
            perror("client: connect");
            continue;
        }
        break;
    }

    if (p == NULL) {
        fprintf(stderr, "client: failed to connect\n");
        return 2;
    }
    freeaddrinfo(servinfo);

    printf("连接服务器成功！\n");
    fflush(stdout);

    while (scanf("%4095s", buf) == 1) {
        if (send(sockfd, buf, strlen(buf), 0) == -1) {
            perror("send");
            exit(1);
        }
        if (strcmp(buf, "exit") == 0)
            break;
    }
    close(sockfd);
    return 0;
}
