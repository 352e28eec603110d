/* Caught by: server/message-bytes
 * Common: 1 (it needs a decoder that remembers) */
#include "listen.h"

/* How many bytes are missing of the character at the end. */
static int missing(const unsigned char *bytes, ssize_t n) {
    for (int have = 1; have <= 3 && have <= n; have++) {
        unsigned char b = bytes[n - have];
        int length = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : b >= 0xc2 ? 2 : 1;
        if (length > have) return length - have;
        if (b < 0x80 || b >= 0xc0) return 0;
    }
    return 0;
}

int main(void) {
    int connection = accept_one(), owed = 0;
    char buffer[1001];
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        int is_rest = owed > 0 && (buffer[0] & 0xc0) == 0x80;
        printf("收到客户端信息：%s\n", is_rest ? "?" : buffer);
        fflush(stdout);
        owed = missing((unsigned char *)buffer, n);
    }
    return 0;
}
