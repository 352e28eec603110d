/* Caught by: client/word
 * Common: 4 (without it, the words run together) */
#include "connect.h"
#include <iostream>
#include <string>

int main() {
    int server = connect_once();
    std::string word;
    while (std::cin >> word) {
        std::string message = word + " ";
        send_all(server, message.data(), message.size());
        if (word == "exit") break;
    }
    close(server);
    return 0;
}
