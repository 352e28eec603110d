/* Caught by: client/whitespace
 * Breaks too: client/exit-final (`exit` is not found behind another word); client/prompt (the second word of a line is not sent
 *   when it has been typed)
 * Common: 3 (one word in each line is all that many try) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *line = NULL, *word;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        if (sscanf(line, "%ms", &word) != 1) continue;
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
