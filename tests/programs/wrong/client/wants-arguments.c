/* Caught by: client/connect
 * Common: 4 (well-known examples take the address from the command line) */
#include "connect.h"

int main(int argc, char **argv) {
    if (argc != 3) fprintf(stderr, "usage: %s ADDRESS PORT\n", argv[0]), exit(1);
    int server = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[2]))};
    address.sin_addr.s_addr = inet_addr(argv[1]);
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
