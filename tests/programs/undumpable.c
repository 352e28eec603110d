/* A right server that other processes may not inspect, like programs that hold secrets. */
#include <sys/prctl.h>

#define main serve
#include "right/server.c"
#undef main

int main(void) {
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    return serve();
}
