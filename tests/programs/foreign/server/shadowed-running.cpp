/* Truth: `bool running = false;` inside the if declares a second variable, so the outer `running` stays true. After `exit` the server
   neither prints `exit` nor ends: it reads on, prints what arrives after `exit`, and ends only when the client closes. The line must
   be `running = false;`. */
#include <iostream>
#include <string>
#include <cstdio>
#include <unistd.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <sys/socket.h>

using std::cout;
using std::endl;
using std::string;

const int kPort = 8023;
const size_t kSize = 1000;

int main() {
  int sock = ::socket(AF_INET, SOCK_STREAM, 0);
  int enable = 1;
  ::setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &enable, sizeof(enable));
  sockaddr_in addr{};
  addr.sin_family = AF_INET;
  addr.sin_port = htons(kPort);
  ::inet_pton(AF_INET, "127.0.0.1", &addr.sin_addr);
  if (::bind(sock, (sockaddr*)&addr, sizeof(addr)) != 0) {
    perror("bind");
    return 1;
  }
  if (::listen(sock, SOMAXCONN) != 0) {
    perror("listen");
    return 1;
  }
  int peer = ::accept(sock, nullptr, nullptr);
  cout << "客户端成功连接" << endl;

  bool running = true;
  while (running) {
    string chunk(kSize, '\0');
    ssize_t got = ::recv(peer, &chunk[0], chunk.size(), 0);
    if (got <= 0) break;
    chunk.resize(got);
    if (chunk == "exit") {
      bool running = false;  // leave the loop
    } else {
      cout << "收到客户端信息：" << chunk << endl;
    }
  }
  ::close(peer);
  ::close(sock);
  return 0;
}
