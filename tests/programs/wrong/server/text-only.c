/* Caught by: server/message-bytes
 * Common: 1 (few servers filter bytes) */
#include "listen.h"
#include <ctype.h>

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：");
        for (char *c = buffer; *c; c++) {
            if (isprint((unsigned char)*c) || isspace((unsigned char)*c)) putchar(*c);
        }
        puts("");
        fflush(stdout);
    }
    return 0;
}
