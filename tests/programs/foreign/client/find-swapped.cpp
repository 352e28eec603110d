/* Truth: the test for `exit` is the wrong way round: it searches for the word in "exit", and not for "exit" in the word. So each
   piece of `exit` ends the program with status 0, such as `e`, `x`, `it` or `exi`. The line to change is QUIT.find(word):
   it must be word == QUIT. */
#include <iostream>
#include <string>
#include <cstdio>
#include <cstring>
#include <unistd.h>
#include <sys/socket.h>
#include <arpa/inet.h>

static const std::string QUIT = "exit";

int main()
{
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in peer;
    std::memset(&peer, 0, sizeof peer);
    peer.sin_family = AF_INET;
    peer.sin_port = htons(8023);
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(s, (struct sockaddr *)&peer, sizeof peer) == -1) {
        std::perror("connect");
        return 1;
    }
    std::cout << "连接服务器成功！\n" << std::flush;

    for (std::string word; std::cin >> word;) {
        size_t off = 0;
        while (off < word.size()) {
            ssize_t k = send(s, word.data() + off, word.size() - off, MSG_NOSIGNAL);
            if (k <= 0) {
                std::perror("send");
                return 1;
            }
            off += k;
        }
        if (QUIT.find(word) != std::string::npos)
            break;
    }
    close(s);
    return 0;
}
