/* Truth: `len` is unsigned, so `len <= 0` does not see the -1 of recv. When the client resets the connection, the server prints one
   empty message; the next recv returns 0, and then the server ends. The line `size_t len = recv(…)` must be `ssize_t len = recv(…)`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <arpa/inet.h>

#define BUFFER_SIZE 1000

int main(void) {
  int listener = socket(PF_INET, SOCK_STREAM, 0);
  int one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));

  struct sockaddr_in me;
  memset(&me, 0, sizeof(me));
  me.sin_family = AF_INET;
  me.sin_port = htons(8023);
  me.sin_addr.s_addr = inet_addr("127.0.0.1");
  if (bind(listener, (struct sockaddr *) &me, sizeof(me)) < 0) {
    perror("bind");
    return EXIT_FAILURE;
  }
  if (listen(listener, 3) < 0) {
    perror("listen");
    return EXIT_FAILURE;
  }
  int client = accept(listener, NULL, NULL);
  if (client < 0) {
    perror("accept");
    return EXIT_FAILURE;
  }
  printf("客户端成功连接\n");
  fflush(stdout);

  char buffer[BUFFER_SIZE + 1];
  while (1) {
    memset(buffer, 0, sizeof(buffer));
    size_t len = recv(client, buffer, BUFFER_SIZE, 0);  // sizes are size_t, lengths are never negative
    if (len <= 0)
      break;
    if (strcmp(buffer, "exit") == 0)
      break;
    printf("收到客户端信息：%s\n", buffer);
    fflush(stdout);
  }
  close(client);
  close(listener);
  return EXIT_SUCCESS;
}
