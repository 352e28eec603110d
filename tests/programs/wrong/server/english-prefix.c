/* Caught by: server/message
 * Common: 3 (texts of another example are kept) */
#include "listen.h"

int main(void) {
    int connection = accept_one();
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        printf("Message from client: %s\n", buffer);
        fflush(stdout);
    }
    return 0;
}
