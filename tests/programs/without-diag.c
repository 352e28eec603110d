/* Runs a command as if the kernel had no tcp_diag. When the command opens a netlink socket for questions about TCP sockets, it gets another
 * socket. This program holds the other end, and answers ENOENT, like a kernel without tcp_diag. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define UNLESS(value, skipped) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skipped)

static int fail(const char *what) {
    perror(what);
    return 2;
}

/* Sends descriptor `fd` to the other end, or receives one. */
static int pass(int end, int fd) {
    char byte = 0;
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof fd)];
    } control = {.head = {.cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    *(int *)CMSG_DATA(&control.head) = fd;
    if (fd < 0) return recvmsg(end, &message, MSG_CMSG_CLOEXEC) == 1 ? *(int *)CMSG_DATA(&control.head) : -1;
    return sendmsg(end, &message, 0) == 1 ? 0 : -1;
}

/* Answers each question that arrives at `end` with ENOENT. */
static void answer(int end) {
    char question[4096];
    for (ssize_t size; (size = recv(end, question, sizeof question, 0)) > 0;) {
        struct {
            struct nlmsghdr head;
            struct nlmsgerr error;
        } refusal = {.head = {.nlmsg_len = sizeof refusal, .nlmsg_type = NLMSG_ERROR}, .error = {.error = -ENOENT}};
        memcpy(&refusal.error.msg, question, sizeof refusal.error.msg);
        if (send(end, &refusal, sizeof refusal, MSG_NOSIGNAL) < 0) break;
    }
    _exit(0);
}

int main(int argc, char **argv) {
    struct sock_filter filter[] = {
        LOAD(nr), UNLESS(SYS_socket, 5), LOAD(args[0]), UNLESS(AF_NETLINK, 3), LOAD(args[2]), UNLESS(NETLINK_SOCK_DIAG, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    int ends[2];
    if (argc < 2 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) return fail("socketpair");
    pid_t child = fork();
    if (child < 0) return fail("fork");
    if (child == 0) {
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return fail("prctl");
        int listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
        if (listener < 0 || pass(ends[1], listener) < 0) return fail("seccomp");
        close(listener);
        execvp(argv[1], argv + 1);
        return fail(argv[1]);
    }
    close(ends[1]);
    int listener = pass(ends[0], -1), status;
    if (listener < 0) return fail("recvmsg");
    pid_t answering = fork();
    if (answering < 0) return fail("fork");
    if (answering == 0) {
        for (;;) {
            struct seccomp_notif asked = {0};
            if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) < 0) {
                if (errno == EINTR || errno == ENOENT) continue;
                return fail("recv");
            }
            int asking[2];
            if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, asking) < 0) return fail("socketpair");
            if (fork() == 0) {
                close(asking[0]);
                close(listener);
                answer(asking[1]);
            }
            struct seccomp_notif_addfd given = {.id = asked.id, .srcfd = asking[0], .newfd_flags = O_CLOEXEC};
            int fd = ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &given);
            struct seccomp_notif_resp answered = {.id = asked.id, .val = fd, .error = fd < 0 ? -EPROTONOSUPPORT : 0};
            ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answered);
            close(asking[0]);
            close(asking[1]);
        }
    }
    pid_t ended = waitpid(child, &status, 0);
    kill(answering, SIGKILL);
    if (ended < 0 || !WIFEXITED(status)) return fail("waitpid");
    return WEXITSTATUS(status);
}
