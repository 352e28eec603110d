/* Caught by: pair/conversation */
#include "../client/connect.h"

int main(void) {
    int server = connect_once();
    char word[1000], answer[1000];
    while (scanf("%999s", word) == 1) {
        send_all(server, word, strlen(word));
        if (strcmp(word, "exit") == 0 || recv(server, answer, sizeof answer, 0) <= 0) break;
    }
    close(server);
    return 0;
}
