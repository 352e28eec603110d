/* Mistake: it does not look whether reading has succeeded, so at the end of input its loop goes round for ever.
 * Look at: the loop's condition: while (cin >> word) ends when there is no more word.
 * Caught by: client/eof */
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
