/* Caught by: server/message
 * Common: 1 (copied from an example that answers in capital letters) */
#include "listen.h"
#include <ctype.h>

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        for (char *c = buffer; *c; c++) *c = toupper((unsigned char)*c);
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
