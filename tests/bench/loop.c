/* The bare loops that sockspec is measured against: start the server, find its listener by sock_diag, connect, talk, wait for the end.
 * `loop FROM TO SERVER` says only the token. `loop FROM TO SERVER STREAM` sends the stream as `explore` does, in the cuts of these numbers, and
 * waits after each piece for its line and for the kernel's word that the piece was read. What is printed is not looked at.
 * It enters a private user and network namespace first. */
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

int main(int count, char **words) {
    if (count < 4) return 2;
    enter();
    diag = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8023), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int run = atoi(words[1]); run < atoi(words[2]); run++) {
        int out[2], err[2];
        if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC)) return 1;
        pid_t server = vfork();
        if (server == 0) {
            dup2(out[1], 1);
            dup2(err[1], 2);
            execl(words[3], words[3], NULL);
            _exit(127);
        }
        close(out[1]);
        close(err[1]);
        while (!listens()) sched_yield();
        int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connect(client, (struct sockaddr *)&address, sizeof address)) return 1;
        if (count > 4) talk(client, out[0], words[4], run);
        else if (send(client, "exit", 4, MSG_NOSIGNAL) != 4) return 1;
        char rest[4096];
        while (recv(client, rest, sizeof rest, 0) > 0) {}
        struct linger reset = {1, 0};
        setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(client);
        while (read(out[0], rest, sizeof rest) > 0) {}
        while (read(err[0], rest, sizeof rest) > 0) {}
        close(out[0]);
        close(err[0]);
        waitpid(server, NULL, 0);
    }
    return 0;
}
