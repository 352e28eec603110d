/* Hazard: it allocates memory without end, and uses it.
 * Played with: server/listen --limit memory=512MiB
 * Verdict: fail
 * Message: it used more than 512 MiB of memory, the limit (--limit memory=1GiB allows more) */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* At most six gigabytes. */
int main(void) {
    for (int i = 0; i < 6 << 10; i++) {
        char *more = malloc(1 << 20);
        if (!more) return 1;
        memset(more, 'x', 1 << 20);
    }
    pause();
    return 0;
}
