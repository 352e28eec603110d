/* Truth: the result of getchar is stored in a char. The byte 0xff becomes -1 there, which equals EOF, so the program takes
   it for the end of the input: it sends what it has, closes, and exits with status 0 while there is more input.
   The line to change is the declaration of c: it must be an int. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char buf[1 << 20];
static int used = 0;

/* 发送当前单词, 是exit返回1 */
static int flush_word(int sock)
{
    int done;
    if (used == 0)
        return 0;
    if (send(sock, buf, used, MSG_NOSIGNAL) < 0) {
        perror("send");
        exit(2);
    }
    done = used == 4 && memcmp(buf, "exit", 4) == 0;
    used = 0;
    return done;
}

int main(void)
{
    struct sockaddr_in sin;
    int sock = socket(AF_INET, SOCK_STREAM, 0);
    char c;

    memset(&sin, 0, sizeof sin);
    sin.sin_family = AF_INET;
    sin.sin_port = htons(8023);
    sin.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (connect(sock, (struct sockaddr *)&sin, sizeof sin) < 0) {
        perror("connect");
        exit(1);
    }
    puts("连接服务器成功！");

    while ((c = getchar()) != EOF) {
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            if (flush_word(sock))
                break;
        } else if (used < (int)sizeof buf) {
            buf[used++] = c;
        }
    }
    flush_word(sock);
    close(sock);
    return 0;
}
