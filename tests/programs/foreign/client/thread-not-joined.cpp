/* Truth: main returns while the std::thread object is still joinable. Its destructor then calls std::terminate: the program
   sends everything, but at `exit` and at the end of the input it dies by SIGABRT and does not exit with status 0. The line to
   change is the creation of the thread: recvThread.detach() must follow it (or shutdown and join at the end). */
#include <iostream>
#include <string>
#include <thread>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>
#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
using namespace std;

// 接收线程：服务器断开就退出
void recvLoop(int sock)
{
    char buf[512];
    while (recv(sock, buf, sizeof(buf), 0) > 0)
        ;
}

int main()
{
    int sock = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in servaddr;
    memset(&servaddr, 0, sizeof(servaddr));
    servaddr.sin_family = AF_INET;
    servaddr.sin_port = htons(8023);
    servaddr.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (connect(sock, (struct sockaddr *)&servaddr, sizeof(servaddr)) < 0)
    {
        perror("connect");
        exit(1);
    }
    cout << "连接服务器成功！" << endl;

    thread recvThread(recvLoop, sock);

    string s;
    while (cin >> s)
    {
        if (send(sock, s.c_str(), s.length(), MSG_NOSIGNAL) < 0)
        {
            perror("send");
            exit(1);
        }
        if (s == "exit")
            break;
    }
    shutdown(sock, SHUT_WR);
    return 0;
}
