/* Caught by: client/word
 * Common: 5 (sizeof and strlen are easily confused) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char buffer[8192];
    for (;;) {
        memset(buffer, 0, sizeof buffer);
        if (scanf("%8191s", buffer) != 1) break;
        send_all(server, buffer, sizeof buffer);
        if (strcmp(buffer, "exit") == 0) break;
    }
    close(server);
    return 0;
}
