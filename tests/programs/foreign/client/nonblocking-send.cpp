/* Truth: the socket is set to O_NONBLOCK after connect, and the result of send is not used (except EPIPE and ECONNRESET). When the
   server reads slowly, the buffer of the kernel fills; send then takes only a part or fails with EAGAIN, and the program goes
   on with the next word: words are lost. The line to change is the fcntl (delete it), or sendText must repeat the rest. */
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <string>
#include <fcntl.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

class TcpClient {
    int m_sock = -1;

public:
    bool connectTo(const std::string &host, unsigned short port)
    {
        m_sock = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in a;
        memset(&a, 0, sizeof(a));
        a.sin_family = AF_INET;
        a.sin_port = htons(port);
        a.sin_addr.s_addr = inet_addr(host.c_str());
        if (connect(m_sock, (sockaddr *)&a, sizeof(a)) < 0)
            return false;
        // 非阻塞，防止send卡死
        fcntl(m_sock, F_SETFL, fcntl(m_sock, F_GETFL, 0) | O_NONBLOCK);
        return true;
    }
    void sendText(const std::string &text)
    {
        ssize_t n = ::send(m_sock, text.c_str(), text.size(), MSG_NOSIGNAL);
        if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
            throw std::runtime_error("服务器已断开");
    }
    ~TcpClient()
    {
        if (m_sock != -1)
            ::close(m_sock);
    }
};

int main()
{
    TcpClient client;
    if (!client.connectTo("127.0.0.1", 8023)) {
        perror("connect");
        return 1;
    }
    std::cout << "连接服务器成功！" << std::endl;
    try {
        std::string text;
        while (std::cin >> text) {
            client.sendText(text);
            if (text == "exit")
                break;
        }
    } catch (const std::exception &e) {
        std::cerr << e.what() << std::endl;
        return 2;
    }
    return 0;
}
