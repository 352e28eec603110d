/* Mistake: it ends with status 1 when it receives the token, as if that were a failure.
 * Look at: the call of exit, or the value that main returns, behind the comparison with `exit`: 0 is success.
 * Caught by: server/exit-token */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) exit(1);
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
