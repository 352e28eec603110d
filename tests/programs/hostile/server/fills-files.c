/* Hazard: it writes one file after another.
 * Played with: server/listen --limit written=64MiB
 * Verdict: fail
 * Message: it wrote more than 64 MiB in all, the limit (--limit written=128MiB allows more) */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* At most one gigabyte. */
int main(void) {
    static char block[1 << 20];
    for (int i = 0; i < 1 << 10; i++) {
        char name[32];
        snprintf(name, sizeof name, "filled-%d", i);
        int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (file < 0 || write(file, block, sizeof block) < 0) return 1;
        close(file);
    }
    for (;;) pause();
}
