/* Wrong: it trusts that each recv ends with a NUL, so a piece without one shows what was there before.
 * Breaks: server/message-split */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(2600), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        return 1;
    }
    listen(listener, 5);
    for (;;) {
        struct sockaddr_in from;
        socklen_t size = sizeof from;
        int connection = accept(listener, (struct sockaddr *)&from, &size);
        printf("A client from %s\n", inet_ntoa(from.sin_addr));
        fflush(stdout);
        send(connection, "Welcome", strlen("Welcome") + 1, 0);
        char text[256 + 1] = "", reply[300];
        for (ssize_t length; (length = recv(connection, text, 256, 0)) > 0;) {
            if (strcmp(text, "bye") == 0) break;
            printf("Card: %s\n", text);
            fflush(stdout);
            snprintf(reply, sizeof reply, "Thanks for %s", text);
            send(connection, reply, strlen(reply) + 1, 0);
        }
        printf("It has gone\n");
        fflush(stdout);
        close(connection);
    }
}
