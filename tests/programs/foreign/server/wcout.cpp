/* Truth: without setlocale, wcout works in the "C" locale (of glibc), which has no Chinese characters: each of them is printed as `?`,
   and `：` as `:`. So the greeting is `???????`, and each message begins with `???????:`. A received byte of 0x80 or more is printed
   as `?`, and then wcout fails for good: nothing more is printed after that byte. The lines with `wcout` must use `cout` and narrow
   strings ("…" in place of L"…"). */
#include <iostream>
#include <cstring>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>
using namespace std;

int main()
{
    int srv = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    setsockopt(srv, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in local = {};
    local.sin_family = AF_INET;
    local.sin_port = htons(8023);
    local.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(srv, (sockaddr *)&local, sizeof local) < 0) { perror("bind"); exit(1); }
    if (listen(srv, 1) < 0) { perror("listen"); exit(1); }
    int cli = accept(srv, NULL, NULL);
    // 中文要用宽字符输出
    wcout << L"客户端成功连接" << endl;

    char buff[1001];
    for (;;) {
        memset(buff, 0, sizeof buff);
        int ret = recv(cli, buff, 1000, 0);
        if (ret <= 0) break;
        if (!strcmp(buff, "exit")) break;
        wcout << L"收到客户端信息：" << buff << endl;
    }
    close(cli);
    close(srv);
    return 0;
}
