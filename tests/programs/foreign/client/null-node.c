/* Truth: this program is right, but unusual. getaddrinfo with NULL for the host gives the loopback address, and at the end the
   program closes only its sending half (shutdown), waits until the server closes too, and then exits with status 0.
   No line must change. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ctype.h>
#include <unistd.h>
#include <netdb.h>
#include <sys/socket.h>

int main(void)
{
    struct addrinfo want = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *got;
    char *word = NULL, rest[64];
    size_t n = 0, size = 0;
    int sock, c, err;

    err = getaddrinfo(NULL, "8023", &want, &got);   /* NULL = this machine */
    if (err) {
        fprintf(stderr, "getaddrinfo: %s\n", gai_strerror(err));
        return 1;
    }
    sock = socket(got->ai_family, got->ai_socktype, 0);
    if (connect(sock, got->ai_addr, got->ai_addrlen) < 0) {
        perror("connect");
        return 1;
    }
    freeaddrinfo(got);
    printf("连接服务器成功！\n");
    fflush(stdout);

    do {
        c = getchar();
        if (c != EOF && !isspace(c)) {
            if (n == size)
                word = realloc(word, size = size * 2 + 64);
            word[n++] = c;
            continue;
        }
        if (n > 0 && send(sock, word, n, MSG_NOSIGNAL) < 0) {
            perror("send");
            return 1;
        }
        if (n == 4 && !memcmp(word, "exit", 4))
            break;
        n = 0;
    } while (c != EOF);

    shutdown(sock, SHUT_WR);
    while (recv(sock, rest, sizeof rest, 0) > 0)
        ;
    close(sock);
    return 0;
}
