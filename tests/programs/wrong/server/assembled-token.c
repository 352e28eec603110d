/* Caught by: server/exit-split
 * Common: 2 (the program treats a stream as one text) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001], word[1005] = "";
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        strcat(word, buffer);
        if (strcmp(word, "exit") == 0) break;
        if (strncmp(word, "exit", strlen(word)) != 0) word[0] = 0;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
