/* A right client of another course. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void give(int connection, const char *word, size_t length) {
    while (length > 0) {
        ssize_t sent = send(connection, word, length, MSG_NOSIGNAL);
        if (sent < 0) {
            perror("send");
            exit(1);
        }
        word += sent;
        length -= (size_t)sent;
    }
}

int main(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9000)};
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("connect");
        return 1;
    }
    puts("Connected to the server");
    fflush(stdout);
    char *word = NULL;
    size_t length = 0, room = 0;
    for (;;) {
        int c = getchar();
        if (c != EOF && !isspace(c)) {
            if (length == room) {
                room = 2 * room + 64;
                word = realloc(word, room);
            }
            word[length++] = (char)c;
            continue;
        }
        if (length > 0) {
            give(connection, word, length);
            if (length == 7 && memcmp(word, "goodbye", 7) == 0) break;
            length = 0;
        }
        if (c == EOF) break;
    }
    close(connection);
    return 0;
}
