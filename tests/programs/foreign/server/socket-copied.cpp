/* Truth: `greet` takes the Socket by value. The copy closes the descriptor in its destructor, so the connection is closed directly
   after the greeting; recv then fails with EBADF, and the server ends with status 0 without reading anything.
   The line `void greet(Socket s)` must be `void greet(const Socket &s)` (and the class should forbid copies). */
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>

// RAII: closes itself
class Socket {
public:
    explicit Socket(int fd) : fd_(fd) {}
    ~Socket() { if (fd_ >= 0) ::close(fd_); }
    int fd() const { return fd_; }
    int receive(char *buf, size_t size) { return ::recv(fd_, buf, size, 0); }
private:
    int fd_;
};

void greet(Socket s) {
    if (s.fd() >= 0)
        std::cout << "客户端成功连接" << std::endl;
}

int main() {
    Socket listener(socket(AF_INET, SOCK_STREAM, 0));
    int yes = 1;
    setsockopt(listener.fd(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in addr;
    memset(&addr, 0, sizeof addr);
    addr.sin_family = AF_INET;
    addr.sin_port = htons(8023);
    addr.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(listener.fd(), reinterpret_cast<sockaddr *>(&addr), sizeof addr) < 0) {
        perror("bind");
        return 1;
    }
    if (listen(listener.fd(), 5) < 0) {
        perror("listen");
        return 1;
    }
    Socket client(accept(listener.fd(), nullptr, nullptr));
    greet(client);

    char buf[1000];
    int n;
    while ((n = client.receive(buf, sizeof buf)) > 0) {
        std::string text(buf, n);
        if (text == "exit")
            break;
        std::cout << "收到客户端信息：" << text << std::endl;
    }
    return 0;
}
