/* Mistake: it does not clear its buffer, so the end of a longer message stays behind a shorter one.
 * Look at: the buffer before each recv, or buffer[n] = 0 behind it.
 * Caught by: server/message
 * Breaks too: server/message-bytes (a shorter message has the end of a longer one behind it); server/message-split (a shorter
 *   message has the end of a longer one behind it); server/message-coalesced (a shorter message has the end of a longer one behind
 *   it); server/stream (a shorter message has the end of a longer one behind it); server/exit-token (`exit` behind a longer message
 *   is not recognised); server/exit-exact (a near miss has the end of a longer one behind it); server/exit-split (what was left
 *   over completes the token); server/exit-final (the token behind a longer message is printed) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001] = {0};
    while (receive(connection, buffer, 1000) > 0) {
        if (strcmp(buffer, "exit") == 0) break;
        printf("收到客户端信息：%s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
