/* Truth: the program makes the stream of the socket line-buffered, but words are sent without a newline, so stdio never
   sees a reason to flush. The words stay in the buffer until it is full or until fclose: everything arrives together at
   the end. The line to change is setvbuf (_IONBF), or an fflush(out) must follow each fputs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <signal.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>

int main(void)
{
    int fd;
    FILE *out;
    char w[10000];
    struct sockaddr_in to;

    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_port = htons(8023);
    to.sin_addr.s_addr = inet_addr("127.0.0.1");

    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0) {
        perror("connect");
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    puts("连接服务器成功！");
    fflush(stdout);

    /* treat the socket like a file */
    out = fdopen(fd, "w");
    setvbuf(out, NULL, _IOLBF, BUFSIZ);

    while (scanf("%9999s", w) == 1) {
        if (fputs(w, out) == EOF) {
            perror("fputs");
            return 1;
        }
        if (strcmp(w, "exit") == 0)
            break;
    }
    if (fclose(out) == EOF) {
        perror("fclose");
        return 1;
    }
    return 0;
}
