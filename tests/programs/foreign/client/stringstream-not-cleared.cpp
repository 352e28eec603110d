/* Truth: one stringstream is used for all lines. After the first line it is at its end (eofbit), and str(line) does not reset
   that state, so `ss >> word` fails at once for each later line: only the words of the first line are sent. A later `exit` is
   never seen. The line to change is ss.str(line): ss.clear() must go with it. */
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <sstream>
#include <string>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

int main()
{
    const int sock = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(8023);
    ::inet_pton(AF_INET, "127.0.0.1", &server.sin_addr);
    if (::connect(sock, reinterpret_cast<sockaddr *>(&server), sizeof server) != 0) {
        std::cerr << "connect: " << std::strerror(errno) << std::endl;
        return 1;
    }
    std::cout << "连接服务器成功！" << std::endl;

    std::string line, word;
    std::stringstream ss;
    bool quit = false;
    while (!quit && std::getline(std::cin, line)) {
        ss.str(line);
        while (ss >> word) {
            if (::send(sock, word.data(), word.size(), MSG_NOSIGNAL) < 0) {
                std::cerr << "send: " << std::strerror(errno) << std::endl;
                return 1;
            }
            if (word == "exit") {
                quit = true;
                break;
            }
        }
    }
    ::close(sock);
    return 0;
}
