/* Caught by: client/connect
 * Common: 3 (the address of an example is left in the program) */
#include "connect.h"

int main(void) {
    int server = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)};
    address.sin_addr.s_addr = inet_addr("127.0.1.1");
    if (connect(server, (struct sockaddr *)&address, sizeof address) < 0) perror("connect"), exit(1);
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
