/* Caught by: client/idle
 * Common: 2 (only in programs that also watch the socket) */
#include "connect.h"
#include <ctype.h>
#include <fcntl.h>

int main(void) {
    int server = connect_once();
    fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
    char typed[4096], *word = calloc(1, 1);
    size_t length = 0;
    for (ssize_t n; (n = read(STDIN_FILENO, typed, sizeof typed)) != 0;) {
        if (n < 0 && errno == EAGAIN) continue;
        for (ssize_t i = 0; i < n; i++) {
            if (!isspace((unsigned char)typed[i])) {
                word = realloc(word, length + 2);
                word[length++] = typed[i];
                word[length] = 0;
            } else if (length > 0) {
                send_all(server, word, length);
                if (strcmp(word, "exit") == 0) return 0;
                length = 0;
            }
        }
    }
    send_all(server, word, length);
    close(server);
    return 0;
}
