/* The ways in which a program can sleep until a clock wakes it. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The number of delays, unless the command line gives another. A long stream causes thousands of reactions. */
static long most_delays = 12;
static long milliseconds;

static struct timespec span(void) {
    return (struct timespec){.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};
}

static struct timeval span_in_microseconds(void) {
    return (struct timeval){.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
}

static int timer(void) {
    int fd = timerfd_create(CLOCK_MONOTONIC, 0);
    timerfd_settime(fd, 0, &(struct itimerspec){.it_value = span()}, NULL);
    return fd;
}

static void by_sleep(void) {
    struct timespec left = span();
    nanosleep(&left, NULL);
}

static void by_poll(void) {
    poll(NULL, 0, (int)milliseconds);
}

static void by_timerfd(void) {
    unsigned long long ticks;
    int fd = timer();
    if (read(fd, &ticks, sizeof ticks) < 0) perror("read");
    close(fd);
}

/* Event loops wait like this. */
static void by_epoll(void) {
    int loop = epoll_create1(0), fd = timer();
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event);
    epoll_wait(loop, &event, 1, -1);
    close(fd);
    close(loop);
}

static volatile sig_atomic_t has_rung;

static void ring(int number) {
    (void)number;
    has_rung = 1;
}

static void set_alarm(void) {
    has_rung = 0;
    signal(SIGALRM, ring);
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value = span_in_microseconds()}, NULL);
}

static void by_alarm(void) {
    sigset_t alarm, before;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigprocmask(SIG_BLOCK, &alarm, &before);
    set_alarm();
    while (!has_rung) sigsuspend(&before);
    sigprocmask(SIG_SETMASK, &before, NULL);
    signal(SIGALRM, SIG_DFL);
}

/* The signal stays blocked, and a descriptor is read instead. */
static void by_signalfd(void) {
    sigset_t alarm, before;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigprocmask(SIG_BLOCK, &alarm, &before);
    int fd = signalfd(-1, &alarm, 0);
    struct signalfd_siginfo info;
    set_alarm();
    if (read(fd, &info, sizeof info) < 0) perror("read");
    close(fd);
    sigprocmask(SIG_SETMASK, &before, NULL);
    signal(SIGALRM, SIG_DFL);
}

static void by_posix_timer(void) {
    sigset_t signals, before;
    sigemptyset(&signals);
    sigaddset(&signals, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &signals, &before);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
    timer_t id;
    timer_create(CLOCK_MONOTONIC, &event, &id);
    timer_settime(id, 0, &(struct itimerspec){.it_value = span()}, NULL);
    sigwaitinfo(&signals, NULL);
    timer_delete(id);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

/* A read with a timeout: SO_RCVTIMEO. */
static void by_socket(void) {
    int ends[2];
    char byte;
    struct timeval time = span_in_microseconds();
    socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    recv(ends[0], &byte, 1, 0);
    close(ends[0]);
    close(ends[1]);
}

static void *sleeps(void *nothing) {
    by_sleep();
    return nothing;
}

static void by_thread(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, sleeps, NULL);
    pthread_join(thread, NULL);
}

static void by_child(void) {
    pid_t child = fork();
    if (child == 0) {
        by_sleep();
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

static const struct {
    const char *name;
    void (*wait)(void);
} ways[] = {
    {"sleep", by_sleep},   {"poll", by_poll},         {"timerfd", by_timerfd},         {"epoll", by_epoll},   {"alarm", by_alarm},
    {"signalfd", by_signalfd}, {"posix-timer", by_posix_timer}, {"socket", by_socket}, {"thread", by_thread}, {"child", by_child},
};

static void (*way)(void);

/* Reads the way, the time, and optionally the number of delays from the command line. */
static void choose(int count, char **words) {
    if (count < 3) exit(2);
    if (count > 3) most_delays = atol(words[3]);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(ways[i].name, words[1]) == 0) way = ways[i].wait;
    milliseconds = atol(words[2]);
    if (way == NULL || milliseconds <= 0) exit(2);
}

/* Delays the next step. */
static void dawdle(void) {
    static long delays;
    if (delays++ < most_delays) way();
}
