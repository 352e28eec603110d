/* Runs a command, and writes the peak memory of its largest process into the file `memory`, in KiB. */
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

extern char **environ;

int main(int argc, char **argv)
{
    pid_t pid;
    int status;
    struct rusage used;
    if (argc < 2 || posix_spawn(&pid, argv[1], NULL, NULL, argv + 1, environ) || wait4(pid, &status, 0, &used) < 0)
        return 99;
    FILE *memory = fopen("memory", "w");
    if (!memory || fprintf(memory, "%ld\n", used.ru_maxrss) < 0 || fclose(memory))
        return 99;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}
