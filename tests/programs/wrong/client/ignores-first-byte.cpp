/* Caught by: client/word
 * Breaks too: client/hang-up (`exit` as the first word loses its first byte, too, so it goes on)
 * Common: 3 (often copied as the cure for a newline that is left over) */
#include "connect.h"
#include <iostream>
#include <string>

int main() {
    int server = connect_once();
    std::string word;
    std::cin.ignore();
    while (std::cin >> word) {
        send_all(server, word.data(), word.size());
        if (word == "exit") break;
    }
    close(server);
    return 0;
}
