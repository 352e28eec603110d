/* Caught by: client/greeting
 * Common: 4 (a last line seems polite) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    puts("连接已关闭");
    return 0;
}
