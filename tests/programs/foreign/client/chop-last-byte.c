/* Truth: the program removes the newline with line[strlen(line) - 1] = 0, but the last line of an input may have no newline.
   Then it cuts off the last letter: `last` at the end of the input is sent as `las`, and a final `exit` as `exi`.
   The line to change is that assignment: line[strcspn(line, "\n")] = 0. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>

void die(const char *s) { perror(s); exit(1); }

int main()
{
    char *line = NULL, *p;
    size_t cap = 0;
    int stop = 0;
    int sd;
    struct sockaddr_in srv;

    if ((sd = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)) < 0) die("socket");
    memset(&srv, 0, sizeof(srv));
    srv.sin_family = AF_INET;
    srv.sin_addr.s_addr = inet_addr("127.0.0.1");
    srv.sin_port = htons(8023);
    if (connect(sd, (struct sockaddr *)&srv, sizeof(srv)) < 0) die("connect");
    printf("%s\n", "连接服务器成功！");

    while (!stop && getline(&line, &cap, stdin) != -1) {
        line[strlen(line) - 1] = 0;            /* 去掉换行符 */
        p = strtok(line, " \t\r\v\f");
        while (p) {
            if (send(sd, p, strlen(p), MSG_NOSIGNAL) < 0) die("send");
            if (!strcmp(p, "exit")) { stop = 1; break; }
            p = strtok(NULL, " \t\r\v\f");
        }
    }
    free(line);
    close(sd);
    return 0;
}
