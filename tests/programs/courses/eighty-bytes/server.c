/* A right server: it answers each message with a line of its operator, padded with NULs to 80 bytes. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX = 80 };

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8085), .sin_addr.s_addr = htonl(INADDR_ANY)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        return 1;
    }
    listen(listener, 5);
    printf("listening\n");
    fflush(stdout);
    int connection = accept(listener, NULL, NULL);
    printf("accepted\n");
    fflush(stdout);
    char buffer[MAX + 1];
    for (;;) {
        memset(buffer, 0, sizeof buffer);
        if (read(connection, buffer, MAX) <= 0) break;
        printf("From client: %s", buffer);
        fflush(stdout);
        memset(buffer, 0, sizeof buffer);
        if (fgets(buffer, MAX, stdin) == NULL) break;
        if (send(connection, buffer, MAX, MSG_NOSIGNAL) < 0) break;
        if (strncmp("exit", buffer, 4) == 0) break;
    }
    printf("server exit\n");
    close(connection);
    return 0;
}
