/* A right server in C++ with two threads: one receives, the other prints, and a queue of messages between them keeps the boundaries that
 * recv saw (a queue of bytes would join them: server/message-split). A condition variable lets the printer sleep (server/idle), and the
 * program ends when both threads have: what came before the end is printed (server/eof), and nothing behind the token (server/exit-final). */
#include <arpa/inet.h>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <optional>
#include <queue>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

class Messages {
    std::mutex mutex;
    std::condition_variable changed;
    std::queue<std::optional<std::string>> waiting;

public:
    /// std::nullopt is the end.
    void put(std::optional<std::string> message) {
        std::lock_guard lock(mutex);
        waiting.push(std::move(message));
        changed.notify_one();
    }

    std::optional<std::string> take() {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return !waiting.empty(); });
        auto message = std::move(waiting.front());
        waiting.pop();
        return message;
    }
};

static int check(int result, const char *step) {
    if (result < 0) {
        std::perror(step);
        std::exit(1);
    }
    return result;
}

static void receive(int connection, Messages &messages) {
    char buffer[1000];
    for (;;) {
        ssize_t length = recv(connection, buffer, sizeof buffer, 0);
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) break;
        std::string message(buffer, static_cast<size_t>(length));
        if (message == "exit") break;
        messages.put(std::move(message));
    }
    messages.put(std::nullopt);
}

int main() {
    int listener = check(socket(AF_INET, SOCK_STREAM, 0), "socket"), yes = 1;
    check(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "setsockopt");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(8023);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(listener, reinterpret_cast<sockaddr *>(&address), sizeof address), "bind");
    check(listen(listener, 20), "listen");
    int connection = check(accept(listener, nullptr, nullptr), "accept");
    std::cout << "客户端成功连接" << std::endl;

    Messages messages;
    std::thread receiver(receive, connection, std::ref(messages));
    while (auto message = messages.take()) std::cout << "收到客户端信息：" << *message << std::endl;
    receiver.join();
    close(connection);
    close(listener);
}
