/* Caught by: client/eof */
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
