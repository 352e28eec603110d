/* Truth: a port has 16 bits, but `htonl(8023)` converts 32 bits, and the 16 bits that remain in sin_port are 0. bind then takes any
   free port, so the server listens, but not at 8023. The line `addr.sin_port = htonl(PORT);` must be `htons(PORT)`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

enum { PORT = 8023 };

int main(void)
{
    int port = PORT;
    int ss = socket(AF_INET, SOCK_STREAM, 0);
    if (ss == -1) { perror("socket"); exit(1); }
    int on = 1;
    setsockopt(ss, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));

    struct sockaddr_in addr;
    memset(&addr, 0, sizeof(addr));
    addr.sin_family = AF_INET;
    addr.sin_port = htonl(port);            // host to network
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(ss, (struct sockaddr *)&addr, sizeof(addr)) == -1) { perror("bind"); exit(1); }
    if (listen(ss, 20) == -1) { perror("listen"); exit(1); }

    int cs = accept(ss, NULL, NULL);
    if (cs == -1) { perror("accept"); exit(1); }
    puts("客户端成功连接");
    fflush(stdout);

    char text[1001];
    int got;
    while ((got = recv(cs, text, 1000, 0)) > 0) {
        text[got] = '\0';
        if (strcmp(text, "exit") == 0)
            break;
        printf("收到客户端信息：%s\n", text);
        fflush(stdout);
    }
    close(cs);
    close(ss);
    return 0;
}
