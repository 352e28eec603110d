/* What sockspec and its reference pair are measured against, and how. In a private user and network namespace:
 *
 * `bare servers FROM TO SERVER` starts the server so often, finds its listener by sock_diag, connects, says the token, waits for the end.
 * `bare servers FROM TO SERVER STREAM` sends the stream as `explore` does, in the cuts of these numbers, and waits after each piece for its
 * line and for the kernel's word that the piece was read. What is printed is not looked at.
 * `bare clients FROM TO CLIENT` listens, starts the client so often, types the token, and waits for the end.
 * `bare pour-server MIB SERVER` sends so much in messages of 1000 bytes; `bare pour-client MIB CLIENT` types so much in words of 999. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void put(const char *file, const char *text) {
    int fd = open(file, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0) perror(file), exit(1);
    close(fd);
}

static void enter(void) {
    char uid[64], gid[64];
    sprintf(uid, "%d %d 1", getuid(), getuid());
    sprintf(gid, "%d %d 1", getgid(), getgid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET)) perror("unshare"), exit(1);
    put("/proc/self/setgroups", "deny");
    put("/proc/self/uid_map", uid);
    put("/proc/self/gid_map", gid);
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (ioctl(s, SIOCSIFFLAGS, &lo)) perror("lo"), exit(1);
    /* A server that closes first, without SO_REUSEADDR, could not be started again for a minute. */
    put("/proc/sys/net/ipv4/tcp_max_tw_buckets", "0");
    close(s);
}

static int diag;

/* What the kernel says of 127.0.0.1:8023 and this port of the other end: the answer's length behind its head, 0 if there is nothing. */
static int look(unsigned short remote, char *answer, int size) {
    struct { struct nlmsghdr head; struct inet_diag_req_v2 ask; } q = {
        .head = {.nlmsg_len = sizeof q, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST},
        .ask = {.sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP, .idiag_ext = 1 << (INET_DIAG_INFO - 1), .idiag_states = -1},
    };
    q.ask.id.idiag_sport = htons(8023);
    q.ask.id.idiag_dport = remote;
    q.ask.id.idiag_src[0] = htonl(INADDR_LOOPBACK);
    q.ask.id.idiag_dst[0] = remote ? htonl(INADDR_LOOPBACK) : 0;
    q.ask.id.idiag_cookie[0] = q.ask.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    if (send(diag, &q, sizeof q, 0) < 0) return 0;
    int len = recv(diag, answer, size, 0);
    return len > 0 && ((struct nlmsghdr *)answer)->nlmsg_type == SOCK_DIAG_BY_FAMILY ? len - NLMSG_HDRLEN : 0;
}

static int listens(void) {
    char answer[4096];
    return look(0, answer, sizeof answer) > 0;
}

/* Whether all that was sent from this port has arrived and been read. */
static int is_read(unsigned short port, unsigned long long sent) {
    char answer[4096];
    int len = look(port, answer, sizeof answer) - (int)sizeof(struct inet_diag_msg);
    struct inet_diag_msg *message = NLMSG_DATA(answer);
    if (len <= 0 || message->id.idiag_dport != port) return 0;
    unsigned long long received = 0;
    struct rtattr *at = (struct rtattr *)(message + 1);
    for (; RTA_OK(at, len); at = RTA_NEXT(at, len))
        if (at->rta_type == INET_DIAG_INFO) memcpy(&received, (char *)RTA_DATA(at) + 128, sizeof received);
    return received >= sent && message->idiag_rqueue == 0;
}

/* The stream in one cut: bit i of `cuts` is a cut behind byte i. */
static void talk(int client, int out, const char *stream, int cuts) {
    struct sockaddr_in own;
    socklen_t len = sizeof own;
    char line[4096];
    if (getsockname(client, (struct sockaddr *)&own, &len)) exit(1);
    int count = strlen(stream), due = strlen("客户端成功连接\n"), printed = 0;
    for (int from = 0, i = 0; i < count; i++) {
        if (i + 1 < count && !(cuts >> i & 1)) continue;
        if (send(client, stream + from, i + 1 - from, MSG_NOSIGNAL) < 0) exit(1);
        due += strlen("收到客户端信息：\n") + i + 1 - from;
        from = i + 1;
        while (printed < due) {
            int more = read(out, line, sizeof line);
            if (more <= 0) exit(1);
            printed += more;
        }
        while (!is_read(own.sin_port, from)) sched_yield();
    }
    shutdown(client, SHUT_WR);
}

static int connected(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    while (!listens()) sched_yield();
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(client, (struct sockaddr *)&address, sizeof address)) perror("connect"), exit(1);
    return client;
}

static int listening(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 16)) perror("listen"), exit(1);
    return listener;
}

static pid_t start(const char *program, int in[2], int out[2], int err[2]) {
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC)) exit(1);
    pid_t pid = vfork();
    if (pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        dup2(err[1], 2);
        execl(program, program, NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    close(err[1]);
    return pid;
}

static void drain(int fd) {
    static char rest[1 << 16];
    while (read(fd, rest, sizeof rest) > 0) {}
    close(fd);
}

static void end(pid_t pid) {
    int status;
    if (waitpid(pid, &status, 0) != pid || status != 0) fprintf(stderr, "it ended with %d\n", status), exit(1);
}

static void serve_one(const char *server, const char *stream, int cuts) {
    int in[2], out[2], err[2];
    pid_t pid = start(server, in, out, err);
    int client = connected();
    if (stream) talk(client, out[0], stream, cuts);
    else if (send(client, "exit", 4, MSG_NOSIGNAL) != 4) exit(1);
    close(in[1]);
    char rest[4096];
    while (recv(client, rest, sizeof rest, 0) > 0) {}
    struct linger reset = {1, 0};
    setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(client);
    drain(out[0]);
    drain(err[0]);
    end(pid);
}

static void meet_one(const char *client) {
    int in[2], out[2], err[2], listener = listening();
    pid_t pid = start(client, in, out, err);
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (write(in[1], "exit\n", 5) != 5) exit(1);
    close(in[1]);
    drain(connection);
    close(listener);
    drain(out[0]);
    drain(err[0]);
    end(pid);
}

/* Writes as much in pieces of 1000 bytes, and drains what comes of it meanwhile. */
static void pour(int to, int from, long mib, const char *piece, const char *last) {
    pid_t drainer = fork();
    if (drainer == 0) {
        close(to);
        drain(from);
        _exit(0);
    }
    close(from);
    for (long left = (mib << 20) / 1000; left > 0; left--)
        for (int done = 0; done < 1000;) {
            int more = write(to, piece + done, 1000 - done);
            if (more < 0) perror("write"), exit(1);
            done += more;
        }
    if (write(to, last, strlen(last)) < 0) exit(1);
    close(to);
    end(drainer);
}

int main(int count, char **words) {
    if (count < 4) return 2;
    enter();
    diag = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    char piece[1001];
    memset(piece, 'x', 1000);
    int in[2], out[2], err[2];
    if (!strcmp(words[1], "servers")) {
        for (int run = atoi(words[2]); run < atoi(words[3]); run++) serve_one(words[4], count > 5 ? words[5] : NULL, run);
    } else if (!strcmp(words[1], "clients")) {
        for (int run = atoi(words[2]); run < atoi(words[3]); run++) meet_one(words[4]);
    } else if (!strcmp(words[1], "pour-server")) {
        pid_t pid = start(words[3], in, out, err);
        pour(connected(), out[0], atol(words[2]), piece, "");
        end(pid);
    } else if (!strcmp(words[1], "pour-client")) {
        int listener = listening();
        pid_t pid = start(words[3], in, out, err);
        piece[999] = '\n';
        pour(in[1], accept4(listener, NULL, NULL, SOCK_CLOEXEC), atol(words[2]), piece, "exit\n");
        end(pid);
    } else {
        return 2;
    }
    return 0;
}
