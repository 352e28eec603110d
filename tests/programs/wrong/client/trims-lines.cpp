/* Caught by: client/whitespace
 * Breaks too: client/exit-final (`exit` is not found among other words)
 * Common: 5 (getline and readline are the usual way to read) */
#include "connect.h"
#include <iostream>
#include <string>

int main() {
    int server = connect_once();
    const char *space = " \t\n\v\f\r";
    std::string line;
    while (std::getline(std::cin, line)) {
        line.erase(0, line.find_first_not_of(space));
        line.erase(line.find_last_not_of(space) + 1);
        send_all(server, line.data(), line.size());
        if (line == "exit") break;
    }
    close(server);
    return 0;
}
