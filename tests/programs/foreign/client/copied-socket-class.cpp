/* Truth: the class Client closes its socket in the destructor, and sendWord takes a Client by value. The copy is destroyed
   when sendWord returns, and that closes the connection: only the first word is sent. The next send fails with `Bad file
   descriptor`, and the program exits with status 1. The line to change is the parameter of sendWord: Client &c. */
#include <iostream>
#include <string>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>
#include <sys/socket.h>
#include <arpa/inet.h>
using namespace std;

class Client {
public:
    Client(const char *ip, int port) {
        fd = socket(AF_INET, SOCK_STREAM, 0);
        memset(&addr, 0, sizeof(addr));
        addr.sin_family = AF_INET;
        addr.sin_port = htons(port);
        addr.sin_addr.s_addr = inet_addr(ip);
    }
    ~Client() { close(fd); }   // RAII

    void open() {
        if (connect(fd, (sockaddr *)&addr, sizeof(addr)) < 0) {
            perror("connect");
            exit(1);
        }
        cout << "连接服务器成功！" << endl;
    }
    int getFd() const { return fd; }

private:
    int fd;
    sockaddr_in addr;
};

void sendWord(Client c, const string &w)
{
    if (send(c.getFd(), w.data(), w.size(), MSG_NOSIGNAL) < 0) {
        perror("send");
        exit(1);
    }
}

int main()
{
    Client cli("127.0.0.1", 8023);
    cli.open();
    string w;
    while (cin >> w) {
        sendWord(cli, w);
        if (w == "exit")
            break;
    }
    return 0;
}
