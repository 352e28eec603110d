/* Caught by: client/eof
 * Breaks too: client/whitespace (white space at the end of the input makes it send the last word again)
 * Common: 4 (eof() as the condition, in many old books) */
#include "connect.h"
#include <iostream>
#include <string>

int main() {
    int server = connect_once();
    std::string word;
    while (!std::cin.eof()) {
        std::cin >> word;
        send_all(server, word.data(), word.size());
        if (word == "exit") break;
    }
    close(server);
    return 0;
}
