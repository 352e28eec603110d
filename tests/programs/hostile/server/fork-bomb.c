/* Hazard: it forks, and every child forks, too.
 * Played with: server/listen --limit processes=64
 * Verdict: fail
 * Message: it had more than 64 processes at once, the limit (--limit processes=128 allows more) */
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

/* All processes share a counter, so there are at most two thousand. */
int main(void) {
    atomic_int *count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    while (atomic_fetch_add(count, 1) < 2000) fork();
    pause();
    return 0;
}
