/* Datagrams to a port where nobody is: the next receive says so, sends do not; SIO_UDP_CONNRESET (contract 08 sections 3, 5, 11). */
#include "say_socket.h"

static struct sockaddr_in nobody, mine;
static SOCKET s;
static char data[64];

static void send_in_vain(void)
{
    if (sendto(s, "x", 1, 0, (struct sockaddr *)&nobody, sizeof(nobody)) != 1)
        die("sendto");
    Sleep(50);
}

static void readable(const char *what)
{
    struct timeval limit = {0, 50000};
    fd_set reads;
    FD_ZERO(&reads);
    FD_SET(s, &reads);
    say_socket(what, select(0, &reads, NULL, NULL, &limit));
}

static void plain(void)
{
    struct sockaddr_in from;
    int size = sizeof(from);
    send_in_vain();
    say_socket("recvfrom", recvfrom(s, data, sizeof(data), 0, (struct sockaddr *)&from, &size));
    say_socket("once", recv(s, data, sizeof(data), 0));
    send_in_vain();
    say_socket("a send does not fail for it", sendto(s, "y", 1, 0, (struct sockaddr *)&mine, sizeof(mine)));
    say_socket("the receive does", recv(s, data, sizeof(data), 0));
    say_socket("and the data is there", recv(s, data, sizeof(data), 0));
    send_in_vain();
    readable("select");
    say_socket("recv", recv(s, data, sizeof(data), 0));
    readable("select again");
}

static void overlapped(void)
{
    HANDLE port = CreateIoCompletionPort((HANDLE)s, NULL, 3, 0);
    OVERLAPPED overlapped, *done = NULL;
    WSABUF buffer;
    DWORD bytes, flags = 0;
    ULONG_PTR key;
    buffer.buf = data;
    buffer.len = sizeof(data);
    memset(&overlapped, 0, sizeof(overlapped));
    say_socket("WSARecv", WSARecv(s, &buffer, 1, NULL, &flags, &overlapped, NULL));
    send_in_vain();
    say("the port", GetQueuedCompletionStatus(port, &bytes, &key, &done, 5000));
    printf("status %08lX\n", (unsigned long)overlapped.Internal);
    say("as Winsock says it", WSAGetOverlappedResult(s, &overlapped, &bytes, FALSE, &flags));
}

int main(void)
{
    DWORD no = FALSE, yes = TRUE, bytes = 0, limit = 200;
    startup();
    closesocket(bound(SOCK_DGRAM, &nobody));
    s = bound(SOCK_DGRAM, &mine);
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (char *)&limit, sizeof(limit));
    plain();
    overlapped();
    puts("without reports");
    say_socket("SIO_UDP_CONNRESET", WSAIoctl(s, SIO_UDP_CONNRESET, &no, sizeof(no), NULL, 0, &bytes, NULL, NULL));
    send_in_vain();
    readable("select");
    say_socket("recv", recv(s, data, sizeof(data), 0));
    connect(s, (struct sockaddr *)&nobody, sizeof(nobody));
    say_socket("to a peer", send(s, "x", 1, 0));
    Sleep(50);
    say_socket("again", send(s, "x", 1, 0));
    Sleep(50);
    say_socket("recv", recv(s, data, sizeof(data), 0));
    puts("with them again");
    say_socket("SIO_UDP_CONNRESET", WSAIoctl(s, SIO_UDP_CONNRESET, &yes, sizeof(yes), NULL, 0, &bytes, NULL, NULL));
    send(s, "x", 1, 0);
    Sleep(50);
    say_socket("recv", recv(s, data, sizeof(data), 0));
    closesocket(s);
    return 0;
}
