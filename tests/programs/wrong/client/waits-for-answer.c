/* Caught by: client/prompt
 * Breaks too: client/word (it sends only the first of several words); client/whitespace (the other words of a line are not
 *   sent); client/word-bytes (several words are typed there); client/exit-token (`exit` behind another word is not sent);
 *   client/exit-exact (nothing follows the first word); client/eof (it waits for an answer to the last word); client/slow-server
 *   (much input is many words); client/long-word (several words are typed there)
 * Common: 4 (most examples of a client receive an answer in the same loop) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word, answer[100];
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (recv(server, answer, sizeof answer, 0) < 0) perror("recv"), exit(1);
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
