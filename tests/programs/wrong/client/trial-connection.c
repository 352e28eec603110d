/* Caught by: client/connect
 * Common: 1 (a test that few write) */
#include "connect.h"

static int open_connection(void) {
    int server = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)};
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (connect(server, (struct sockaddr *)&address, sizeof address) < 0) perror("connect"), exit(1);
    return server;
}

int main(void) {
    close(open_connection());
    int server = open_connection();
    puts("连接服务器成功！");
    fflush(stdout);
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
