/* Mistake: it waits behind each word for the beginning of the next one, because a newline in a scanf format stands for any amount of
 *   white space.
 * Look at: the format "%ms\n": without the \n, scanf returns when the word has ended.
 * Caught by: client/prompt
 * Breaks too: client/exit-token (it waits behind `exit`, too) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms\n", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
