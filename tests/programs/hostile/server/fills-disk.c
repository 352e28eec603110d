/* Hazard: it writes a file without end.
 * Played with: server/listen --limit file-size=16MiB
 * Verdict: fail
 * Message: it wrote a file longer than 16 MiB, the limit (--limit file-size=32MiB allows more) */
#include <fcntl.h>
#include <unistd.h>

/* At most three gigabytes. */
int main(void) {
    static char block[1 << 20];
    int file = open("filled", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    for (int i = 0; i < 3 << 10; i++)
        if (write(file, block, sizeof block) < 0) return 1;
    return 0;
}
