/* Truth: the format "%s\n" has white space at its end, so scanf goes on reading until it sees the next byte that is not
   white space. Each word is therefore sent only when the next word is begun (or at the end of the input): the program is one
   word behind. After `exit` it waits for more input. The line to change is the scanf: the format must be "%4999s". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <arpa/inet.h>

#define MAX 5000

int main()
{
    char str[MAX];
    struct sockaddr_in a;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd == -1) {
        perror("socket");
        exit(1);
    }
    memset(&a, 0, sizeof a);
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = inet_addr("127.0.0.1");
    a.sin_port = htons(8023);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) == -1) {
        perror("connect");
        exit(1);
    }
    printf("连接服务器成功！\n");
    fflush(stdout);
    /* the \n eats the enter key, so that it does not stay in the buffer for the next scanf */
    while (scanf("%4999s\n", str) == 1) {
        int n = send(fd, str, strlen(str), MSG_NOSIGNAL);
        if (n < 0) {
            perror("send");
            exit(1);
        }
        if (strcmp(str, "exit") == 0)
            break;
    }
    close(fd);
    return 0;
}
