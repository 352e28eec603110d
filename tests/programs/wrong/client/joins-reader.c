/* Caught by: client/exit-token
 * Breaks too: client/eof (it waits for the thread at the end of input, too)
 * Common: 3 (seen in most clients that are made from a chat example) */
#include "connect.h"
#include <pthread.h>

static int server;

static void *read_answers(void *unused) {
    char answer[1000];
    while (recv(server, answer, sizeof answer, 0) > 0) {}
    return unused;
}

int main(void) {
    server = connect_once();
    pthread_t reader;
    pthread_create(&reader, NULL, read_answers, NULL);
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    pthread_join(reader, NULL);
    close(server);
    return 0;
}
