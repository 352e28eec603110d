/* Wrong: it has room for 79 bytes, and takes the rest of a longer word for another word: of 79 letters and "end", for the token.
 * Breaks: client/exit-exact */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int check(int result, const char *step) {
    if (result < 0) {
        perror(step);
        exit(1);
    }
    return result;
}

static void send_all(int server, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t sent = send(server, bytes, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) check(-1, "send");
        bytes += sent;
        size -= (size_t)sent;
    }
}

static int connect_to(int port) {
    int server = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(connect(server, (struct sockaddr *)&address, sizeof address), "connect");
    return server;
}

int main(void) {
    int server = connect_to(2000);
    printf("connected ");
    char word[80];
    for (;;) {
        printf("? ");
        fflush(stdout);
        if (scanf("%79s", word) != 1) break;
        send_all(server, word, strlen(word));
        int is_end = strcmp(word, "end") == 0;
        if (is_end) break;
    }
    close(server);
    return 0;
}
