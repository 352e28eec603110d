/* Runs a command in a system that lacks something: `without call:NUMBER:ERRNO COMMAND…` refuses a system call, also to all that the command
   starts; `without netlink:PROTOCOL:ERRNO COMMAND…` refuses sockets of this protocol of netlink. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define UNLESS(value, skipped) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skipped)

int main(int argc, char **argv)
{
    char *number = argc > 2 ? strchr(argv[1], ':') : NULL, *error = number ? strchr(number + 1, ':') : NULL;
    if (!error)
        return 2;
    unsigned which = atoi(number + 1), refused = SECCOMP_RET_ERRNO | atoi(error + 1);
    struct sock_filter call[] = {
        LOAD(nr), UNLESS(which, 1), BPF_STMT(BPF_RET | BPF_K, refused), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_filter netlink[] = {
        LOAD(nr), UNLESS(SYS_socket, 5), LOAD(args[0]), UNLESS(AF_NETLINK, 3), LOAD(args[2]), UNLESS(which, 1),
        BPF_STMT(BPF_RET | BPF_K, refused), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    int is_call = !strncmp(argv[1], "call:", 5);
    struct sock_fprog program = {
        is_call ? sizeof call / sizeof *call : sizeof netlink / sizeof *netlink, is_call ? call : netlink,
    };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
        perror("seccomp");
        return 2;
    }
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    return 2;
}
