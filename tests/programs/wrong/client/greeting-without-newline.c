/* Caught by: client/greeting
 * Common: 3 (printf and cout add no newline) */
#include "connect.h"

int main(void) {
    int server = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023)};
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (connect(server, (struct sockaddr *)&address, sizeof address) < 0) perror("connect"), exit(1);
    printf("连接服务器成功！");
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
