/* Hazard: it opens descriptors until it gets no more, and gives up.
 * Played with: server/listen --limit open-files=100
 * Verdict: fail
 * Message: it said "open: Too many open files" on stderr; the limit is 100: --limit open-files=N sets another */
#include <fcntl.h>
#include <stdio.h>

int main(void) {
    for (int i = 0; i < 100000; i++)
        if (open("/dev/null", O_RDONLY) < 0) return perror("open"), 1;
    return 0;
}
