/* Hazard: it has hundreds of threads that all wake at the same time, twenty times a second, and do nothing. Together they use some percent
 * of a CPU.
 * Played with: server/idle
 * Verdict: pass */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static void *doze(void *none) {
    for (;;) {
        const long period = 50000000;
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        now.tv_nsec += period - now.tv_nsec % period;
        if (now.tv_nsec == 1000000000) now = (struct timespec){.tv_sec = now.tv_sec + 1};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &now, NULL);
    }
    return none;
}

int main(void) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    sched_setaffinity(0, sizeof one, &one);
    for (int i = 0; i < 250; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, doze, NULL) != 0) return 1;
    }
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 1) < 0) return 1;
    int connection = accept(listener, NULL, NULL);
    setvbuf(stdout, NULL, _IONBF, 0);
    printf("客户端成功连接\n");
    char data[1000];
    for (ssize_t size; (size = recv(connection, data, sizeof data, 0)) > 0;) {
        printf("收到客户端信息：%.*s\n", (int)size, data);
        if (size == 4 && data[0] == 'e') break;
    }
    return 0;
}
