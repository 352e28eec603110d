/* Hazard: it prints gigabytes and no end of a line.
 * Played with: server/listen
 * Verdict: fail
 * Message: it floods its output */
#include <string.h>
#include <unistd.h>

/* Four gigabytes at the most. */
int main(void) {
    static char block[1 << 20];
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 4096; i++)
        if (write(1, block, sizeof block) < 0) return 1;
    pause();
    return 0;
}
