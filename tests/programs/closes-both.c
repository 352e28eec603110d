/* A server that is its own client, and closes both ends of many connections at the same moment: the system then keeps some of them on
   both sides. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

static atomic_int round_;
static int ends[2];

static void close_at(int end, int round)
{
    atomic_fetch_add(&round_, 1);
    while (atomic_load(&round_) < 2 * round)
        ;
    close(ends[end]);
}

enum { ROUNDS = 20 };
static atomic_int made, closed;

static void *other(void *nothing)
{
    for (int i = 1; i <= ROUNDS; i++) {
        while (atomic_load(&made) < i)
            ;
        close_at(1, i);
        atomic_store(&closed, i);
    }
    return nothing;
}

int main(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(8023), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int l = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(l, (struct sockaddr *)&at, sizeof at) || listen(l, 4))
        return 1;
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    for (int i = 1; i <= ROUNDS; i++) {
        int c = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(c, (struct sockaddr *)&at, sizeof at))
            return 2;
        ends[0] = accept(l, NULL, NULL);
        ends[1] = c;
        atomic_store(&made, i);
        close_at(0, i);
        while (atomic_load(&closed) < i)
            ;
    }
    pthread_join(t, NULL);
    return 0;
}
