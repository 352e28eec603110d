/* Caught by: client/eof
 * Breaks too: client/whitespace (white space at the end of the input makes it send the last word again)
 * Common: 3 (the loop of the tutorial, with a string) */
#include "connect.h"
#include <iostream>
#include <string>

int main() {
    int server = connect_once();
    std::string word;
    while (word != "exit") {
        std::cin >> word;
        send_all(server, word.data(), word.size());
    }
    close(server);
    return 0;
}
