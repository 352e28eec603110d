/* Mistake: it reads at most 99 bytes of a word at a time, and takes the rest of a longer one for another word.
 * Look at: the buffer of 100 bytes and setw(100): a std::string holds a word of any length.
 * Caught by: client/long-word */
#include "connect.h"
#include <iomanip>
#include <iostream>

int main() {
    int server = connect_once();
    char buffer[100];
    while (std::cin >> std::setw(100) >> buffer) {
        send_all(server, buffer, strlen(buffer));
        if (strcmp(buffer, "exit") == 0) break;
    }
    close(server);
    return 0;
}
