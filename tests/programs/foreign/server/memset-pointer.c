/* Truth: `buffer` is a pointer here, so `memset(buffer, 0, sizeof(buffer))` clears 8 bytes and not 1001. A message of 8 or more bytes
   that follows a longer message is printed with the tail of the older message behind it; shorter messages are right. The line
   `memset(buffer, 0, sizeof(buffer));` must be `memset(buffer, 0, 1001);`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pthread.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

void *handle_client(void *arg)
{
    int fd = *(int *)arg;
    char *buffer = calloc(1001, 1);
    while (1) {
        memset(buffer, 0, sizeof(buffer));  // 清空缓冲区
        int len = recv(fd, buffer, 1000, 0);
        if (len <= 0 || strcmp(buffer, "exit") == 0)
            break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    free(buffer);
    close(fd);
    return NULL;
}

int main(int argc, char **argv)
{
    int s = socket(AF_INET, SOCK_STREAM, 0);
    int flag = 1;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &flag, sizeof flag);
    struct sockaddr_in addr = {0};
    addr.sin_family = AF_INET;
    addr.sin_port = htons(8023);
    inet_pton(AF_INET, "127.0.0.1", &addr.sin_addr);
    if (bind(s, (struct sockaddr *)&addr, sizeof addr) != 0) {
        perror("bind");
        exit(1);
    }
    listen(s, 1);
    int c = accept(s, NULL, NULL);
    printf("客户端成功连接\n");
    fflush(stdout);

    pthread_t tid;
    pthread_create(&tid, NULL, handle_client, &c);
    pthread_join(tid, NULL);    // 等线程结束
    close(s);
    return 0;
}
