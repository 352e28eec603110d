/* A right client: it sends strlen + 1 bytes. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int connection;

static void shows(void) {
    char text[400 + 1];
    ssize_t length = recv(connection, text, 400, 0);
    if (length <= 0) {
        fprintf(stderr, "the server has gone\n");
        exit(1);
    }
    text[length] = '\0';
    printf("> %s\n", text);
    fflush(stdout);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    connection = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(2600), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(connection, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("connect");
        return 1;
    }
    shows();
    for (char *word = NULL; scanf("%ms", &word) == 1; free(word)) {
        if (send(connection, word, strlen(word) + 1, 0) < 0) {
            perror("send");
            return 1;
        }
        if (strcmp(word, "bye") == 0) break;
        shows();
    }
    close(connection);
    return 0;
}
