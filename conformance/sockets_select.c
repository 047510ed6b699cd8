/* select, fd_set and WSAPoll (contract 08 sections 7.1 and 7.2). */
#include "say_socket.h"

static void poll_one(const char *what, SOCKET s, SHORT events, INT milliseconds)
{
    WSAPOLLFD one;
    int result;
    one.fd = s;
    one.events = events;
    one.revents = 0x7FFF;
    result = WSAPoll(&one, 1, milliseconds);
    if (result == SOCKET_ERROR)
        printf("%s: SOCKET_ERROR/%d\n", what, WSAGetLastError());
    else
        printf("%s: %d, %X\n", what, result, (unsigned)(unsigned short)one.revents);
}

int main(void)
{
    struct sockaddr_in name, nowhere;
    SOCKET listener, client, server, failing, nobody;
    struct timeval now = {0, 0}, soon = {5, 0}, short_time = {0, 50000};
    fd_set reads, writes, excepts;
    WSAPOLLFD several[2];
    u_long yes = 1;
    char data[8];
    startup();
    listener = listening(&name);
    client = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);

    FD_ZERO(&reads);
    say_socket("nothing to wait for", select(0, &reads, NULL, NULL, &now));
    say_socket("no sets", select(0, NULL, NULL, NULL, &now));
    FD_SET(listener, &reads);
    FD_SET(listener, &reads);
    printf("a set has %u member\n", reads.fd_count);
    say_socket("nobody has come", select(0, &reads, NULL, NULL, &short_time));
    printf("the set is empty: %d\n", reads.fd_count == 0);

    ioctlsocket(client, FIONBIO, &yes);
    say_socket("connect", connect(client, (struct sockaddr *)&name, sizeof(name)));
    FD_ZERO(&reads);
    FD_SET(listener, &reads);
    FD_ZERO(&writes);
    FD_SET(client, &writes);
    FD_ZERO(&excepts);
    FD_SET(client, &excepts);
    Sleep(200);
    say_socket("both", select(0, &reads, &writes, &excepts, &soon));
    printf("listener %d, client %d, exceptional %d\n", FD_ISSET(listener, &reads) != 0, FD_ISSET(client, &writes) != 0, FD_ISSET(client, &excepts) != 0);
    server = accept(listener, NULL, NULL);

    FD_ZERO(&reads);
    FD_SET(server, &reads);
    FD_SET(listener, &reads);
    send(client, "x", 1, 0);
    say_socket("one of two", select(0, &reads, NULL, NULL, &soon));
    printf("%u member, server %d, listener %d\n", reads.fd_count, FD_ISSET(server, &reads) != 0, FD_ISSET(listener, &reads) != 0);
    FD_CLR(server, &reads);
    printf("%u members\n", reads.fd_count);
    recv(server, data, sizeof(data), 0);

    nobody = bound(SOCK_STREAM, &nowhere);
    failing = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    ioctlsocket(failing, FIONBIO, &yes);
    say_socket("connect to nobody", connect(failing, (struct sockaddr *)&nowhere, sizeof(nowhere)));
    FD_ZERO(&writes);
    FD_SET(failing, &writes);
    FD_ZERO(&excepts);
    FD_SET(failing, &excepts);
    say_socket("failed", select(0, NULL, &writes, &excepts, &soon));
    printf("writable %d, exceptional %d\n", FD_ISSET(failing, &writes) != 0, FD_ISSET(failing, &excepts) != 0);

    FD_ZERO(&reads);
    FD_SET(INVALID_SOCKET, &reads);
    say_socket("not a socket", select(0, &reads, NULL, NULL, &now));

    poll_one("poll: idle", server, POLLRDNORM, 50);
    poll_one("poll: room", server, POLLWRNORM, 1000);
    poll_one("poll: either", server, POLLIN | POLLOUT, 1000);
    send(client, "x", 1, 0);
    poll_one("poll: data", server, POLLRDNORM, 1000);
    recv(server, data, sizeof(data), 0);
    poll_one("poll: not to be asked for", server, POLLHUP, 0);
    poll_one("poll: nor this", server, POLLPRI, 0);
    poll_one("poll: not a socket", INVALID_SOCKET, POLLRDNORM, 0);
    several[0].fd = INVALID_SOCKET;
    several[0].events = POLLRDNORM;
    several[1].fd = server;
    several[1].events = POLLWRNORM;
    say_socket("poll: one of two is a socket", WSAPoll(several, 2, 1000));
    printf("%X %X\n", (unsigned)several[0].revents, (unsigned)several[1].revents);
    say_socket("poll: nothing", WSAPoll(several, 0, 0));
    closesocket(client);
    poll_one("poll: the peer has closed", server, POLLRDNORM, 1000);
    closesocket(server);
    closesocket(failing);
    closesocket(nobody);
    closesocket(listener);
    return 0;
}
