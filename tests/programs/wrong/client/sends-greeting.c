/* Caught by: client/word
 * Common: 2 (the greeting is taken for a message to the server) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    send_all(server, "连接服务器成功！", strlen("连接服务器成功！"));
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
