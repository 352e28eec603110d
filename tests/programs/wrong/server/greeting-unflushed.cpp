/* Caught by: server/greeting-prompt
 * Common: 5 (the tutorial itself does so) */
#include <arpa/inet.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
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
    cout << "客户端成功连接\n";
    char buffer[1001];
    while (true) {
        memset(buffer, 0, sizeof(buffer));
        int len = recv(connection, buffer, 1000, 0);
        if (strcmp(buffer, "exit") == 0 || len <= 0) break;
        cout << "收到客户端信息：" << buffer << endl;
    }
    close(connection);
    close(listener);
    return 0;
}
