/* Caught by: client/exit-token
 * Common: 5 (the condition of the loop is the natural place to compare) */
#include "connect.h"
#include <iostream>
#include <string>

int main() {
    int server = connect_once();
    std::string word;
    while (std::cin >> word && word != "exit") send_all(server, word.data(), word.size());
    close(server);
    return 0;
}
