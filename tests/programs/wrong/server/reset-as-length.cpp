/* Caught by: server/reset
 * Common: 3 (the loop checks only for 0) */
#include <arpa/inet.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
using namespace std;

int main() {
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(8023);
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(listener, (sockaddr *)&address, sizeof(address)) < 0) {
        perror("bind");
        exit(1);
    }
    if (listen(listener, 20) < 0) {
        perror("listen");
        exit(1);
    }
    int connection = accept(listener, NULL, NULL);
    if (connection < 0) {
        perror("accept");
        exit(1);
    }
    cout << "客户端成功连接" << endl;
    char buffer[1000];
    int n;
    while ((n = recv(connection, buffer, sizeof(buffer), 0)) != 0) {
        string message(buffer, n);
        if (message == "exit") break;
        cout << "收到客户端信息：" << message << endl;
    }
    close(connection);
    close(listener);
}
