/* Caught by: client/input-split
 * Breaks too: client/exit-unterminated (`exit` may be typed in two writes there, too); client/slow-server (much input takes many reads,
 *   and some of them end inside a word); client/long-word (the longest word takes two reads)
 * Common: 2 (only in programs that call read) */
#include "connect.h"
#include <cctype>
#include <string>

int main() {
    int server = connect_once();
    static char typed[65536];
    std::string word;
    for (ssize_t n; (n = read(STDIN_FILENO, typed, sizeof typed)) > 0;) {
        word.clear();
        for (ssize_t i = 0; i < n; i++) {
            if (!isspace((unsigned char)typed[i])) {
                word += typed[i];
                continue;
            }
            send_all(server, word.data(), word.size());
            if (word == "exit") return 0;
            word.clear();
        }
    }
    send_all(server, word.data(), word.size());
    close(server);
    return 0;
}
