/* Truth: poll and stdio do not go together. When several lines arrive at once, fgets takes all of them out of the pipe
   into the buffer of stdin, but returns only the first. poll then sees an empty pipe and sleeps, although lines wait in the
   buffer: they are sent only when something more is typed, one line for each wake-up, or at the end of the input.
   It shows when one write holds two complete lines, such as a blank line and `exit`, and nothing follows.
   The line to change is the fgets (read every buffered line before the next poll, or use read). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <poll.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

#define LEN 65536
#define BLANK " \t\n\v\f\r"

int main(int argc, char **argv)
{
    struct sockaddr_in dst;
    char msg[LEN], tmp[16];
    int s = socket(PF_INET, SOCK_STREAM, 0), done = 0;

    memset(&dst, 0, sizeof(dst));
    dst.sin_family = AF_INET;
    dst.sin_port = htons(8023);
    dst.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (connect(s, (struct sockaddr *)&dst, sizeof(dst))) { perror("connect"); return 1; }
    printf("连接服务器成功！\n");
    fflush(stdout);

    // 同时监视键盘和服务器
    struct pollfd pfd[2] = { { 0, POLLIN, 0 }, { s, POLLIN, 0 } };
    while (!done) {
        if (poll(pfd, 2, -1) < 0) { perror("poll"); return 1; }
        if (pfd[1].revents) {
            if (recv(s, tmp, sizeof tmp, 0) <= 0) {
                fprintf(stderr, "服务器断开\n");
                return 1;
            }
        }
        if (pfd[0].revents) {
            if (fgets(msg, LEN, stdin) == NULL)
                break;
            for (char *w = strtok(msg, BLANK); w != NULL; w = strtok(NULL, BLANK)) {
                send(s, w, strlen(w), MSG_NOSIGNAL);
                if (strcmp(w, "exit") == 0) {
                    done = 1;
                    break;
                }
            }
        }
    }
    close(s);
    return 0;
}
