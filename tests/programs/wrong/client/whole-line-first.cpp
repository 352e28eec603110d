/* Caught by: client/exit-final
 * Common: 3 (a flag that ends only the outer loop) */
#include "connect.h"
#include <iostream>
#include <sstream>
#include <string>

int main() {
    int server = connect_once();
    bool done = false;
    std::string line, word;
    while (!done && std::getline(std::cin, line)) {
        std::istringstream words(line);
        while (words >> word) {
            send_all(server, word.data(), word.size());
            if (word == "exit") done = true;
        }
    }
    close(server);
    return 0;
}
