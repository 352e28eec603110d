/* Caught by: server/greeting
 * Common: 5 (many write their own text) */
#include <arpa/inet.h>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <sys/socket.h>
using namespace std;

int main() {
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(8023);
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(listener, (sockaddr *)&address, sizeof address) < 0) return perror("bind"), 1;
    if (listen(listener, 20) < 0) return perror("listen"), 1;
    int connection = accept(listener, nullptr, nullptr);
    if (connection < 0) return perror("accept"), 1;
    cout << "Client connected" << endl;
    char buffer[1001];
    while (true) {
        memset(buffer, 0, sizeof buffer);
        ssize_t n = recv(connection, buffer, 1000, 0);
        if (n <= 0 || strcmp(buffer, "exit") == 0) break;
        cout << "收到客户端信息：" << buffer << endl;
    }
    return 0;
}
