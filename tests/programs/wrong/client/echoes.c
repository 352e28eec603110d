/* Caught by: client/greeting
 * Common: 4 (output for debugging that stays) */
#include "connect.h"

int main(void) {
    int server = connect_once();
    char *word;
    while (scanf("%ms", &word) == 1) {
        send_all(server, word, strlen(word));
        printf("发送：%s\n", word);
        fflush(stdout);
        if (strcmp(word, "exit") == 0) break;
        free(word);
    }
    close(server);
    return 0;
}
