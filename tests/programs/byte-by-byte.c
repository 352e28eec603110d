/* Mistake: it receives one byte at a time, so that each is a message: it prints much more than it is sent. */
#include "wrong/server/listen.h"

int main(void) {
    int connection = accept_one();
    char byte;
    while (receive(connection, &byte, 1) > 0) {
        printf("收到客户端信息：%c\n", byte);
        fflush(stdout);
    }
    return 0;
}
