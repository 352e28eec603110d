/* Caught by: server/message-bytes
 * Breaks too: server/stream (capital letters in the stream are changed); server/exit-exact (near misses such as `EXIT` are printed in
 *   small letters)
 * Common: 1 (meant for the token, and done to every message) */
#include "listen.h"
#include <ctype.h>

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        for (char *c = buffer; *c; c++) *c = tolower((unsigned char)*c);
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
