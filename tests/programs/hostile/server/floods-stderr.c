/* Hazard: it writes gigabytes to stderr.
 * Played with: server/listen
 * Verdict: fail
 * Message: it floods stderr */
#include <string.h>
#include <unistd.h>

/* At most four gigabytes. */
int main(void) {
    static char block[1 << 20];
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 4096; i++)
        if (write(2, block, sizeof block) < 0) return 1;
    pause();
    return 0;
}
