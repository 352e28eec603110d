/* Caught by: server/message-split
 * Breaks too: server/exit-token (the token runs together with what came before); server/message-bytes (messages run together into
 *   one); server/message-coalesced (two lines are two messages)
 * Common: 4 (readLine and fgets are the usual way to read text) */
#include "listen.h"

int main(void) {
    FILE *client = fdopen(accept_one(), "r");
    char buffer[1001];
    while (fgets(buffer, sizeof buffer, client)) {
        buffer[strcspn(buffer, "\n")] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
