/* A right server that lets nobody look into it, as programs do that hold secrets. */
#include <sys/prctl.h>

#define main serve
#include "right/server.c"
#undef main

int main(void) {
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    return serve();
}
