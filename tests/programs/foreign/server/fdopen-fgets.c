/* Truth: two mistakes. fgets waits for a newline (or 999 bytes, or the end of the stream), so a message without a newline is not
   printed when it arrives, and `exit` without a newline does not end the server; the newline stays in the text, so an empty line
   follows. `strncmp(line, "exit", 4)` also ends at `exits`. The line with `fgets` must be a recv of 1000 bytes, and the line with
   `strncmp` must compare all of the message. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

int main()
{
    int s = socket(AF_INET, SOCK_STREAM, 0);
    int i = 1;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &i, sizeof(i));
    struct sockaddr_in sin;
    memset(&sin, 0, sizeof(sin));
    sin.sin_family = AF_INET;
    sin.sin_port = htons(8023);
    sin.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(s, (struct sockaddr *)&sin, sizeof(sin)) < 0) {
        perror("bind");
        exit(1);
    }
    if (listen(s, 5) < 0) {
        perror("listen");
        exit(1);
    }
    int c = accept(s, 0, 0);
    if (c < 0) {
        perror("accept");
        exit(1);
    }
    printf("客户端成功连接\n");
    fflush(stdout);

    /* treat the socket like a file, much easier */
    FILE *in = fdopen(c, "r");
    char line[1000];
    while (fgets(line, sizeof(line), in) != NULL) {
        if (strncmp(line, "exit", 4) == 0)
            break;
        printf("收到客户端信息：%s\n", line);
        fflush(stdout);
    }
    fclose(in);
    close(s);
    return 0;
}
