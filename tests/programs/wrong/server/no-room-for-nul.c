/* Caught by: server/stream
 * Common: 5 (the tutorial itself does so) */
#include "listen.h"

struct message {
    char text[1000];
    int length;
};

int main(void) {
    int connection = accept_one();
    struct message message;
    while (memset(&message, 0, sizeof message), (message.length = receive(connection, message.text, 1000)) > 0) {
        if (strcmp(message.text, "exit") == 0) break;
        printf("收到客户端信息：%s\n", message.text);
        fflush(stdout);
    }
    return 0;
}
