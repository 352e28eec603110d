/* Caught by: client/word
 * Common: 2 (send takes a pointer to anything, so it compiles) */
#include "connect.h"
#include <iostream>
#include <string>

int main() {
    int server = connect_once();
    std::string word;
    while (std::cin >> word) {
        send_all(server, (const char *)&word, sizeof word);
        if (word == "exit") break;
    }
    close(server);
    return 0;
}
