/* A library that is loaded into every program. It hides all files whose paths end with WITHOUT_FILE. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int is_missing(const char *path)
{
    const char *end = getenv("WITHOUT_FILE");
    if (!end || !path || strncmp(path, "/proc/", 6) || strlen(path) < strlen(end) || strcmp(path + strlen(path) - strlen(end), end))
        return 0;
    errno = ENOENT;
    return 1;
}

#define OPEN(name)                                                                                              \
    int name(const char *path, int flags, ...)                                                                  \
    {                                                                                                           \
        va_list more;                                                                                           \
        va_start(more, flags);                                                                                  \
        int mode = va_arg(more, int);                                                                           \
        va_end(more);                                                                                           \
        int (*next)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name);        \
        return is_missing(path) ? -1 : next(path, flags, mode);                                                 \
    }

OPEN(open)
OPEN(open64)

DIR *opendir(const char *path)
{
    DIR *(*next)(const char *) = (DIR * (*)(const char *)) dlsym(RTLD_NEXT, "opendir");
    return is_missing(path) ? NULL : next(path);
}

int statx(int folder, const char *restrict path, int flags, unsigned mask, struct statx *restrict out)
{
    int (*next)(int, const char *, int, unsigned, struct statx *) =
        (int (*)(int, const char *, int, unsigned, struct statx *))dlsym(RTLD_NEXT, "statx");
    return is_missing(path) ? -1 : next(folder, path, flags, mask, out);
}
