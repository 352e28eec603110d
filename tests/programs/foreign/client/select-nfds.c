/* Truth: the first argument of select is STDIN_FILENO, which is 0, but it must be the highest descriptor plus one. So
   select watches no descriptor at all, and has no timeout: the program connects, greets, and then sleeps in select for
   good. It never reads its input and sends nothing. The line to change is the call of select: sock + 1. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <arpa/inet.h>

static char line[8192];

int main(void)
{
    int sock = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in sa = {0};
    sa.sin_family = AF_INET;
    sa.sin_port = htons(8023);
    sa.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (connect(sock, (struct sockaddr *)&sa, sizeof sa) != 0) {
        perror("connect");
        exit(EXIT_FAILURE);
    }
    printf("连接服务器成功！\n");
    fflush(stdout);
    setbuf(stdin, NULL);   // select and stdio: no buffering, otherwise lines get stuck

    for (;;) {
        fd_set rfds;
        FD_ZERO(&rfds);
        FD_SET(STDIN_FILENO, &rfds);
        FD_SET(sock, &rfds);
        if (select(STDIN_FILENO, &rfds, NULL, NULL, NULL) < 0) {
            perror("select");
            exit(EXIT_FAILURE);
        }
        if (FD_ISSET(sock, &rfds)) {
            char c;
            if (recv(sock, &c, 1, 0) <= 0) {
                fprintf(stderr, "server closed the connection\n");
                exit(EXIT_FAILURE);
            }
        }
        if (FD_ISSET(STDIN_FILENO, &rfds)) {
            if (scanf("%8191s", line) != 1)
                break;
            send(sock, line, strlen(line), MSG_NOSIGNAL);
            if (strcmp(line, "exit") == 0)
                break;
        }
    }
    close(sock);
    return 0;
}
