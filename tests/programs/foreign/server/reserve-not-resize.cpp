/* Truth: `reserve(1000)` makes room but leaves the size of the vector at 0, so recv may take 0 bytes. recv waits for the first
   message, then returns 0, and the program takes this for the end of the stream: the server ends with status 0 at the first message
   without printing it. The line `buf.reserve(1000);` must be `buf.resize(1000);`. */
#include <iostream>
#include <string>
#include <vector>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>
using namespace std;

int main() {
    int server = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    sockaddr_in addr{};
    addr.sin_family = AF_INET;
    addr.sin_port = htons(8023);
    addr.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(server, (sockaddr *)&addr, sizeof(addr)) == -1) {
        perror("bind");
        exit(1);
    }
    if (listen(server, 20) == -1) {
        perror("listen");
        exit(1);
    }
    int conn = accept(server, nullptr, nullptr);
    cout << "客户端成功连接" << endl;

    // 用vector代替char数组，更安全
    vector<char> buf;
    buf.reserve(1000);
    while (true) {
        ssize_t len = recv(conn, buf.data(), buf.size(), 0);
        if (len <= 0)
            break;
        string msg(buf.data(), len);
        if (msg == "exit")
            break;
        cout << "收到客户端信息：" << msg << endl;
    }
    close(conn);
    close(server);
    return 0;
}
