/* Caught by: client/long-word
 * Common: 4 (the buffer of the tutorial, made safe) */
#include "connect.h"
#include <iomanip>
#include <iostream>

int main() {
    int server = connect_once();
    char buffer[100];
    while (std::cin >> std::setw(100) >> buffer) {
        send_all(server, buffer, strlen(buffer));
        if (strcmp(buffer, "exit") == 0) break;
    }
    close(server);
    return 0;
}
