/* A right server: each line begins with the process and the time. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void stamp(void) {
    char text[32];
    time_t now = time(NULL);
    strftime(text, sizeof text, "%H:%M:%S", localtime(&now));
    printf("[%d at %s] ", getpid(), text);
}

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(2200), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        return 1;
    }
    listen(listener, 5);
    stamp();
    printf("the watch begins\n");
    fflush(stdout);
    for (int number = 1;; number++) {
        int connection = accept(listener, NULL, NULL);
        stamp();
        printf("somebody comes: number %d\n", number);
        fflush(stdout);
        char text[400];
        for (ssize_t length; (length = recv(connection, text, sizeof text, 0)) > 0;) {
            if (length == 4 && memcmp(text, "dawn", 4) == 0) break;
            stamp();
            printf("%zd bytes: ", length);
            fwrite(text, 1, (size_t)length, stdout);
            printf("\n");
            fflush(stdout);
        }
        stamp();
        printf("somebody goes\n");
        fflush(stdout);
        close(connection);
    }
}
