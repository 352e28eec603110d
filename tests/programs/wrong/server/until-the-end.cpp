/* Caught by: server/message-split
 * Common: 2 (it is a loop to read everything) */
#include "listen.h"
#include <iostream>
#include <string>
using namespace std;

int main() {
    int connection = accept_one();
    char buffer[1001];
    string message;
    for (ssize_t n; (n = receive(connection, buffer, 1000)) > 0;) {
        buffer[n] = 0;
        if (strcmp(buffer, "exit") == 0) break;
        message += buffer;
    }
    if (!message.empty()) cout << "收到客户端信息：" << message << endl;
    return 0;
}
