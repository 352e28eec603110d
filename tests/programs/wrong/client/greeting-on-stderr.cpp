/* Caught by: client/greeting
 * Common: 1 (few write it there) */
#include <arpa/inet.h>
#include <iostream>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

int main() {
    int server = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(8023);
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (connect(server, (sockaddr *)&address, sizeof address) < 0) return perror("connect"), 1;
    std::cerr << "连接服务器成功！" << std::endl;
    std::string word;
    while (std::cin >> word) {
        if (send(server, word.data(), word.size(), MSG_NOSIGNAL) < 0) return perror("send"), 1;
        if (word == "exit") break;
    }
    close(server);
    return 0;
}
