/* Wrong: it does not flush the prompt, which has no newline, so the user sees it too late.
 * Breaks: client/prompt-text */
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

static void show_answer(FILE *answers) {
    char *line = NULL;
    size_t room = 0;
    ssize_t length = getline(&line, &room, answers);
    if (length < 0 && ferror(answers)) check(-1, "recv");
    if (length < 0) {
        fprintf(stderr, "recv: the server has closed the connection\n");
        exit(1);
    }
    if (length > 0 && line[length - 1] == '\n') line[--length] = '\0';
    if (length > 0 && line[length - 1] == '\r') line[--length] = '\0';
    printf("Server: %s\n", line);
    free(line);
}

int main(void) {
    int server = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(7001)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(connect(server, (struct sockaddr *)&address, sizeof address), "connect");
    printf("Connected\n");
    fflush(stdout);

    FILE *answers = fdopen(server, "r");
    char *line = NULL;
    size_t room = 0;
    for (;;) {
        show_answer(answers);
        fflush(stdout);
        printf("> ");
        ssize_t length = getline(&line, &room, stdin);
        if (length < 0) break;
        if (line[length - 1] != '\n') line[length++] = '\n'; /* The last line may have none; the NUL was in its place. */
        send_all(server, line, (size_t)length);
        if (length == 5 && memcmp(line, "quit\n", 5) == 0) break;
    }
    free(line);
    fclose(answers); /* It closes the connection, too. */
    return 0;
}
