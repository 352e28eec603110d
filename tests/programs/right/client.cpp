/* A right client in C++: `std::cin >> word` into a std::string, which grows (client/long-word), as the loop's condition, which is false at the
 * end of input (client/eof). It takes the six white space bytes for delimiters, and all others as they are (client/word-bytes). */
#include <arpa/inet.h>
#include <cerrno>
#include <iostream>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

/// A socket that is closed when it goes out of scope.
class Connection {
    int fd = check(socket(AF_INET, SOCK_STREAM, 0), "socket");

    static int check(ssize_t result, const char *step) {
        if (result < 0) throw std::system_error(errno, std::generic_category(), step);
        return static_cast<int>(result);
    }

public:
    Connection() = default;
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;
    ~Connection() { close(fd); }

    void connect_to(const char *host, uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        inet_pton(AF_INET, host, &address.sin_addr);
        check(connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address), "connect");
    }

    /// Sends all bytes: one send may take only a part. Without MSG_NOSIGNAL, a signal would end the program when the server has gone.
    void send_all(std::string_view bytes) {
        while (!bytes.empty()) bytes.remove_prefix(check(send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL), "send"));
    }
};

int main() {
    try {
        Connection server;
        server.connect_to("127.0.0.1", 8023);
        std::cout << "连接服务器成功！" << std::endl;
        for (std::string word; word != "exit" && std::cin >> word;) server.send_all(word);
    } catch (const std::system_error &error) {
        std::cerr << error.what() << '\n'; // "connect: Connection refused"
        return 1;
    }
}
