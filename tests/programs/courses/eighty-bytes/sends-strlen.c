/* Wrong: it sends only the line, and the NULs of the course are missing.
 * Breaks: client/word */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX = 80 };

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8085), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(connection, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("connect");
        return 1;
    }
    printf("connected\n");
    char buffer[MAX + 1];
    for (;;) {
        printf("Enter the string: ");
        fflush(stdout);
        memset(buffer, 0, sizeof buffer);
        if (fgets(buffer, MAX, stdin) == NULL) break;
        if (buffer[strlen(buffer) - 1] != '\n') strcat(buffer, "\n");
        if (write(connection, buffer, strlen(buffer)) < 0) {
            perror("write");
            return 1;
        }
        memset(buffer, 0, sizeof buffer);
        ssize_t length = read(connection, buffer, MAX);
        if (length <= 0) {
            fprintf(stderr, "the server has gone\n");
            return 1;
        }
        printf("From server: %s", buffer);
        fflush(stdout);
        if (strncmp(buffer, "exit", 4) == 0) break;
    }
    close(connection);
    return 0;
}
