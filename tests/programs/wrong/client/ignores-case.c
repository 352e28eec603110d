/* Mistake: it ignores case when it compares a word with `exit`, so `EXIT` ends it, too.
 * Look at: the comparison: strcasecmp, or lower() in front of it; strcmp takes each byte as it is.
 * Caught by: client/exit-exact */
#include "connect.h"
#include <strings.h>

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcasecmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
