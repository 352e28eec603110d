/* Caught by: client/eof
 * Common: 5 (the client of the tutorial does it) */
#include "connect.h"
#include <iostream>
#include <string>

int main() {
    int server = connect_once();
    while (true) {
        std::string word;
        std::cin >> word;
        send_all(server, word.data(), word.size());
        if (word == "exit") break;
    }
    close(server);
    return 0;
}
