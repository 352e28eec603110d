/* Caught by: client/prompt
 * Common: 2 (reading and sending are often two functions) */
#include "connect.h"
#include <iostream>
#include <string>
#include <vector>

int main() {
    int server = connect_once();
    std::vector<std::string> words;
    for (std::string word; word != "exit" && std::cin >> word;) words.push_back(word);
    for (const std::string &word : words) send_all(server, word.data(), word.size());
    close(server);
    return 0;
}
