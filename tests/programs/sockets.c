/* What a program finds that uses sockets in every way it may: it says what each call comes to. In a private network and at private
   addresses it must find the same. The argument says which part it plays, counted from 0; it exits with 1 where there is no such part. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_storage address;
static socklen_t length;

/* Parses an address. Its name shows the family. */
static struct sockaddr *at(const char *ip, int port)
{
    memset(&address, 0, sizeof address);
    struct sockaddr_in *v4 = (void *)&address;
    struct sockaddr_in6 *v6 = (void *)&address;
    if (inet_pton(AF_INET, ip, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        length = sizeof *v4;
    } else {
        inet_pton(AF_INET6, ip, &v6->sin6_addr);
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        length = sizeof *v6;
    }
    return (struct sockaddr *)&address;
}

static void say(const char *what, int result)
{
    printf("%s: %s\n", what, result >= 0 ? "done" : strerrorname_np(errno));
}

/* The system chooses another port each time. */
static void name(const char *what, int socket, int (*of)(int, struct sockaddr *, socklen_t *), int room)
{
    struct sockaddr_storage found;
    memset(&found, 0, sizeof found);
    socklen_t len = room;
    char text[64] = "?";
    if (of(socket, (struct sockaddr *)&found, &len) < 0) {
        say(what, -1);
        return;
    }
    struct sockaddr_in *v4 = (void *)&found;
    struct sockaddr_in6 *v6 = (void *)&found;
    int is_v6 = found.ss_family == AF_INET6;
    inet_ntop(found.ss_family, is_v6 ? (void *)&v6->sin6_addr : (void *)&v4->sin_addr, text, sizeof text);
    int port = ntohs(is_v6 ? v6->sin6_port : v4->sin_port);
    printf("%s: %s %s, %d bytes\n", what, text, port == 8023 ? "8023" : port ? "some port" : "no port", (int)len);
}

static int stream(int family) { return socket(family, SOCK_STREAM, 0); }

static int bound(int s, const char *ip, int port)
{
    struct sockaddr *to = at(ip, port);
    return bind(s, to, length);
}

static int connected(int s, const char *ip, int port)
{
    struct sockaddr *to = at(ip, port);
    return connect(s, to, length);
}

static int server(int family, const char *ip)
{
    int s = stream(family);
    if (bound(s, ip, 8023) < 0 || listen(s, 4) < 0)
        say("server", -1);
    return s;
}

static void names(void)
{
    int l = server(AF_INET, "127.0.0.1"), c = stream(AF_INET);
    name("unbound", c, getsockname, 128);
    name("listener", l, getsockname, 128);
    name("listener's peer", l, getpeername, 128);
    say("connect", connected(c, "127.0.0.1", 8023));
    int a = accept(l, NULL, NULL);
    name("client", c, getsockname, 128);
    name("client's peer", c, getpeername, 128);
    name("accepted", a, getsockname, 128);
    name("accepted's peer", a, getpeername, 128);
    name("with little room", c, getpeername, 8);
    say("not a socket", getsockname(1, (void *)&address, &length));
    say("connect again", connected(c, "127.0.0.1", 8023));
    say("bind again", bound(l, "127.0.0.1", 8024));
}

static void names_of_any(void)
{
    int l = server(AF_INET, "0.0.0.0"), c = stream(AF_INET);
    name("listener", l, getsockname, 128);
    say("connect to 0.0.0.0", connected(c, "0.0.0.0", 8023));
    name("client's peer", c, getpeername, 128);
    say("another", bound(stream(AF_INET), "127.0.0.1", 8023));
}

static void names_of_v6(void)
{
    int l = server(AF_INET6, "::"), c = stream(AF_INET), m = stream(AF_INET6);
    name("listener", l, getsockname, 128);
    say("connect", connected(c, "127.0.0.1", 8023));
    int a = accept(l, NULL, NULL);
    name("accepted", a, getsockname, 128);
    name("accepted's peer", a, getpeername, 128);
    say("connect, mapped", connected(m, "::ffff:127.0.0.1", 8023));
    name("client", m, getsockname, 128);
    name("client's peer", m, getpeername, 128);
}

static void v6_only(void)
{
    int s = stream(AF_INET6), one = 1;
    setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    say("bind mapped", bound(s, "::ffff:127.0.0.1", 8023));
    say("bind ::", bound(s, "::", 8023));
    listen(s, 4);
    say("beside it", bound(stream(AF_INET), "0.0.0.0", 8023));
    say("connect to ::1", connected(stream(AF_INET6), "::1", 8023));
    say("connect to 127.0.0.1", connected(stream(AF_INET), "127.0.0.1", 8023));
    name("listener", s, getsockname, 128);
}

static void v6_loopback(void)
{
    int s = server(AF_INET6, "::1"), c = stream(AF_INET6);
    name("listener", s, getsockname, 128);
    say("connect to ::1", connected(c, "::1", 8023));
    name("client", c, getsockname, 128);
    name("client's peer", c, getpeername, 128);
    say("connect to 127.0.0.1", connected(stream(AF_INET), "127.0.0.1", 8023));
}

static void families(void)
{
    say("v6 on v4", bound(stream(AF_INET), "::1", 8023));
    say("v4 on v6", bound(stream(AF_INET6), "127.0.0.1", 8023));
    say("connect v6 on v4", connected(stream(AF_INET), "::1", 8023));
    say("too short", bind(stream(AF_INET), at("127.0.0.1", 8023), 8));
    say("nowhere", bind(stream(AF_INET), NULL, 16));
    say("no descriptor", bound(99, "127.0.0.1", 8023));
    say("no such family", socket(77, SOCK_STREAM, 0));
    say("no such type", socket(AF_INET, 77, 0));
    say("no such protocol", socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
    say("a name of this machine only", socket(AF_UNIX, SOCK_STREAM, 0));
}

static void elsewhere(void)
{
    say("bind to another machine's", bound(stream(AF_INET), "192.0.2.1", 8023));
    say("connect to another machine", connected(stream(AF_INET), "192.0.2.1", 8023));
    say("bind to 127.0.0.2", bound(stream(AF_INET), "127.0.0.2", 8023));
    say("the same again", bound(stream(AF_INET), "127.0.0.2", 8023));
    say("connect to 127.0.0.3", connected(stream(AF_INET), "127.0.0.3", 8023));
    say("bind to 127.0.0.1", bound(stream(AF_INET), "127.0.0.1", 8023));
}

static void refused_and_again(void)
{
    int c = stream(AF_INET);
    say("nobody listens", connected(c, "127.0.0.1", 8023));
    say("still nobody", connected(c, "127.0.0.1", 8023));
    server(AF_INET, "127.0.0.1");
    say("now somebody does", connected(c, "127.0.0.1", 8023));
}

static void without_waiting(void)
{
    int c = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), error = 0;
    socklen_t len = sizeof error;
    printf("flags: %d %d\n", !!(fcntl(c, F_GETFL) & O_NONBLOCK), fcntl(c, F_GETFD));
    say("nobody listens", connected(c, "127.0.0.1", 8023));
    struct pollfd p = { c, POLLOUT, 0 };
    printf("poll: %d\n", poll(&p, 1, 5000));
    getsockopt(c, SOL_SOCKET, SO_ERROR, &error, &len);
    printf("error: %s\n", strerrorname_np(error));
    int l = server(AF_INET, "127.0.0.1");
    say("again", connected(c, "127.0.0.1", 8023));
    printf("poll: %d\n", poll(&p, 1, 5000));
    getsockopt(c, SOL_SOCKET, SO_ERROR, &error, &len);
    printf("error: %d\n", error);
    say("once more", connected(c, "127.0.0.1", 8023));
    int a = accept(l, NULL, NULL);
    close(c);
    char byte;
    printf("its end: %d\n", (int)read(a, &byte, 1));
}

static void closed_and_again(void)
{
    int s = stream(AF_INET);
    say("bind", bound(s, "127.0.0.1", 8023));
    close(s);
    s = stream(AF_INET);
    say("bind again", bound(s, "127.0.0.1", 8023));
    listen(s, 4);
    close(s);
    say("connect", connected(stream(AF_INET), "127.0.0.1", 8023));
    server(AF_INET, "127.0.0.1");
    say("connect", connected(stream(AF_INET), "127.0.0.1", 8023));
}

static void shared(void)
{
    int one = 1, s = stream(AF_INET), t = stream(AF_INET);
    setsockopt(s, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    setsockopt(t, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    say("bind", bound(s, "127.0.0.1", 8023));
    say("listen", listen(s, 4));
    say("bind", bound(t, "127.0.0.1", 8023));
    say("listen", listen(t, 4));
    say("a third", bound(stream(AF_INET), "127.0.0.1", 8023));
}

static void client_with_a_name(void)
{
    int l = server(AF_INET, "127.0.0.1"), c = stream(AF_INET);
    say("bind", bound(c, "127.0.0.1", 0));
    name("client", c, getsockname, 128);
    say("connect", connected(c, "127.0.0.1", 8023));
    name("client", c, getsockname, 128);
    say("accept", accept(l, NULL, NULL));
}

static void no_name(void)
{
    int s = stream(AF_INET);
    say("listen", listen(s, 4));
    name("listener", s, getsockname, 128);
    struct sockaddr_in own;
    socklen_t len = sizeof own;
    getsockname(s, (void *)&own, &len);
    say("connect", connected(stream(AF_INET), "127.0.0.1", ntohs(own.sin_port)));
}

static void inherited(void)
{
    int s = stream(AF_INET), d = dup(s), status;
    fflush(stdout);
    if (fork() == 0)
        _exit(bound(d, "127.0.0.1", 8023) < 0 ? errno : 0);
    wait(&status);
    printf("the child's bind: %d\n", WEXITSTATUS(status));
    say("listen", listen(s, 4));
    say("connect", connected(stream(AF_INET), "127.0.0.1", 8023));
}

static void *binds(void *s) { return (void *)(long)bound(*(int *)s, "127.0.0.1", 8023); }

static void in_threads(void)
{
    int s = stream(AF_INET);
    pthread_t t;
    void *result;
    pthread_create(&t, NULL, binds, &s);
    pthread_join(t, &result);
    printf("bind: %ld\n", (long)result);
    say("listen", listen(s, 4));
    say("connect", connected(stream(AF_INET), "127.0.0.1", 8023));
}

static void nothing(int signal) { (void)signal; }

/* Timer signals arrive at any time. Interrupted calls are repeated. */
static void interrupted(void)
{
    struct sigaction action = { .sa_handler = nothing, .sa_flags = SA_RESTART };
    sigaction(SIGALRM, &action, NULL);
    struct itimerval often = { { 0, 500 }, { 0, 500 } }, never = { { 0, 0 }, { 0, 0 } };
    setitimer(ITIMER_REAL, &often, NULL);
    int one = 1, i;
    const char *failed = "nothing";
    for (i = 0; i < 200; i++) {
        int l = stream(AF_INET), c = stream(AF_INET);
        setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        failed = l < 0 || c < 0                               ? "socket"
                 : bound(l, "127.0.0.1", 8023) < 0            ? "bind"
                 : listen(l, 4) < 0                           ? "listen"
                 : connected(c, "127.0.0.1", 8023) < 0        ? "connect"
                                                              : "nothing";
        if (strcmp(failed, "nothing"))
            break;
        struct linger now = { 1, 0 };
        setsockopt(c, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close(c);
        close(l);
    }
    int error = errno;
    setitimer(ITIMER_REAL, &never, NULL);
    printf("failed: %s (%s)\n", failed, i < 200 ? strerrorname_np(error) : "all went well");
}

static void gives_up(int signal)
{
    (void)signal;
    static const char word[] = "waits\n";
    if (write(1, word, sizeof word - 1) > 0)
        _exit(0);
}

/* No call accepts, so at some point a client has to wait. */
static void full(void)
{
    int l = stream(AF_INET);
    bound(l, "127.0.0.1", 8023);
    listen(l, 0);
    signal(SIGALRM, gives_up);
    fflush(stdout);
    alarm(1);
    for (int i = 0; i < 8; i++)
        if (connected(stream(AF_INET), "127.0.0.1", 8023) < 0)
            say("connect", -1);
    printf("never waits\n");
}

static void datagrams(void)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0), c = socket(AF_INET, SOCK_DGRAM, 0);
    say("bind", bound(s, "127.0.0.1", 8023));
    say("another", bound(socket(AF_INET, SOCK_DGRAM, 0), "127.0.0.1", 8023));
    say("connect", connected(c, "127.0.0.1", 8023));
    char word[4] = "";
    printf("sent: %d\n", (int)send(c, "abc", 3, 0));
    printf("received: %d\n", (int)recv(s, word, 3, 0));
}

static void many(void)
{
    int last = -1;
    for (int i = 0; i < 400; i++)
        last = stream(AF_INET);
    say("bind", bound(last, "127.0.0.1", 8023));
    say("listen", listen(last, 4));
    say("connect", connected(stream(AF_INET), "127.0.0.1", 8023));
    int n = 0, s;
    while ((s = stream(AF_INET)) >= 0)
        n++;
    printf("then: %s\n", strerrorname_np(errno));
}

static void unconnected(void)
{
    int c = stream(AF_INET);
    server(AF_INET, "127.0.0.1");
    say("connect", connected(c, "127.0.0.1", 8023));
    struct sockaddr none = { .sa_family = AF_UNSPEC };
    say("disconnect", connect(c, &none, sizeof none));
}

int main(int argc, char **argv)
{
    static const struct { const char *name; void (*play)(void); } parts[] = {
        { "names", names }, { "names of 0.0.0.0", names_of_any }, { "names of ::", names_of_v6 }, { "IPv6 only", v6_only },
        { "::1", v6_loopback }, { "families", families }, { "elsewhere", elsewhere }, { "refused", refused_and_again },
        { "without waiting", without_waiting }, { "closed", closed_and_again }, { "shared", shared },
        { "a client with a name", client_with_a_name }, { "no name", no_name }, { "inherited", inherited }, { "threads", in_threads },
        { "interrupted", interrupted }, { "full", full }, { "datagrams", datagrams }, { "many", many }, { "disconnected", unconnected },
    };
    setvbuf(stdout, NULL, _IOLBF, 0);
    unsigned part = argc > 1 ? atoi(argv[1]) : 0;
    if (part >= sizeof parts / sizeof *parts)
        return 1;
    printf("%s\n", parts[part].name);
    parts[part].play();
    return 0;
}
