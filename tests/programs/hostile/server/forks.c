/* Hazard: it starts one process after another, and all of them stay.
 * Played with: server/listen
 * Verdict: fail
 * Message: it had more than 256 processes at once, the limit (--limit processes=512 allows more) */
#include <unistd.h>

int main(void) {
    for (int i = 0; i < 2000; i++)
        if (fork() == 0) pause();
    pause();
    return 0;
}
