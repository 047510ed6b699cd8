/* What FIONBIO reads is often an int behind a cast; a long gets what FIONREAD says, all of it. */
#include <winsock2.h>
#include <stdio.h>

int main(void) {
    struct {
        int before, mode, after;
    } set = {11, 1, 22};
    unsigned long back = 0, waiting = 0xFFFFFFFF00000007ul;
    struct sockaddr_in name = {0};
    WSADATA data;
    char byte;
    int got;
    SOCKET socket_of_mine;
    WSAStartup(0x202, &data);
    socket_of_mine = socket(AF_INET, SOCK_DGRAM, 0);
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(socket_of_mine, (struct sockaddr *)&name, sizeof name);
    got = ioctlsocket(socket_of_mine, FIONBIO, (unsigned long *)&set.mode);
    printf("%d %d %d %d\n", got, set.before, set.mode, set.after);
    got = recv(socket_of_mine, &byte, 1, 0);
    printf("%d %d\n", got, WSAGetLastError());
    got = ioctlsocket(socket_of_mine, FIONREAD, &waiting);
    printf("%d %d\n", got, waiting == 0);
    printf("%d\n", ioctlsocket(socket_of_mine, FIONBIO, &back));
    return 0;
}
