/* Caught by: client/connect
 * Common: 2 (some examples ask for the address of the server) */
#include <arpa/inet.h>
#include <iostream>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

int main() {
    std::string host, word;
    std::cin >> host;
    int server = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(8023);
    address.sin_addr.s_addr = inet_addr(host.c_str());
    if (connect(server, (sockaddr *)&address, sizeof address) < 0) return perror("connect"), 1;
    std::cout << "连接服务器成功！" << std::endl;
    while (std::cin >> word) {
        if (send(server, word.data(), word.size(), MSG_NOSIGNAL) < 0) return perror("send"), 1;
        if (word == "exit") break;
    }
    close(server);
    return 0;
}
