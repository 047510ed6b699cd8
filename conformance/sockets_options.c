/* Options, controls and the errors of set-up calls (contract 08 sections 2, 3, 8 and 10). */
#include "say_socket.h"
#include <mstcpip.h>

static SOCKET stream, datagram;

static void number(const char *what, SOCKET s, int level, int name)
{
    DWORD value = 0;
    int size = sizeof(value);
    if (getsockopt(s, level, name, (char *)&value, &size) != 0)
        printf("%s: SOCKET_ERROR/%d\n", what, WSAGetLastError());
    else
        printf("%s: %lu\n", what, value);
}

static void change(const char *what, SOCKET s, int level, int name, DWORD value)
{
    printf("set ");
    say_socket(what, setsockopt(s, level, name, (char *)&value, sizeof(value)));
    number(what, s, level, name);
}

static void options(void)
{
    struct linger linger = {7, 7};
    int size;
    number("SO_TYPE of a stream", stream, SOL_SOCKET, SO_TYPE);
    number("SO_TYPE of datagrams", datagram, SOL_SOCKET, SO_TYPE);
    number("SO_ACCEPTCONN", stream, SOL_SOCKET, SO_ACCEPTCONN);
    number("SO_ERROR", stream, SOL_SOCKET, SO_ERROR);
    number("SO_CONNECT_TIME", stream, SOL_SOCKET, SO_CONNECT_TIME);
    change("SO_KEEPALIVE", stream, SOL_SOCKET, SO_KEEPALIVE, 1);
    change("TCP_NODELAY", stream, IPPROTO_TCP, TCP_NODELAY, 1);
    change("SO_REUSEADDR", stream, SOL_SOCKET, SO_REUSEADDR, 1);
    change("SO_BROADCAST", datagram, SOL_SOCKET, SO_BROADCAST, 1);
    change("SO_OOBINLINE", stream, SOL_SOCKET, SO_OOBINLINE, 1);
    change("SO_RCVBUF", stream, SOL_SOCKET, SO_RCVBUF, 20000);
    change("SO_SNDBUF", stream, SOL_SOCKET, SO_SNDBUF, 30000);
    change("SO_RCVTIMEO", stream, SOL_SOCKET, SO_RCVTIMEO, 1234);
    change("SO_SNDTIMEO", stream, SOL_SOCKET, SO_SNDTIMEO, 2345);
    change("IP_TTL", stream, IPPROTO_IP, IP_TTL, 33);
    change("IP_MULTICAST_TTL", datagram, IPPROTO_IP, IP_MULTICAST_TTL, 3);
    change("IP_MULTICAST_LOOP", datagram, IPPROTO_IP, IP_MULTICAST_LOOP, 0);
    change("SO_EXCLUSIVEADDRUSE", datagram, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
    size = sizeof(linger);
    getsockopt(stream, SOL_SOCKET, SO_LINGER, (char *)&linger, &size);
    printf("SO_LINGER: %d %d\n", linger.l_onoff, linger.l_linger);
    linger.l_onoff = 1;
    linger.l_linger = 5;
    say_socket("set SO_LINGER", setsockopt(stream, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof(linger)));
    number("SO_DONTLINGER", stream, SOL_SOCKET, SO_DONTLINGER);
    change("SO_DONTLINGER", stream, SOL_SOCKET, SO_DONTLINGER, 1);
    getsockopt(stream, SOL_SOCKET, SO_LINGER, (char *)&linger, &size);
    printf("SO_LINGER: %d\n", linger.l_onoff);
    change("an unknown option", stream, SOL_SOCKET, 0x7777, 1);
    size = 3;
    say_socket("too little room", getsockopt(stream, SOL_SOCKET, SO_TYPE, (char *)&linger, &size));
    say_socket("too short", setsockopt(stream, SOL_SOCKET, SO_RCVBUF, (char *)&linger, 2));
    say_socket("not a socket", setsockopt(INVALID_SOCKET, SOL_SOCKET, SO_KEEPALIVE, (char *)&linger, 4));
}

static void controls(void)
{
    struct tcp_keepalive keep = {1, 60000, 1000};
    u_long value = 1;
    DWORD bytes = 77;
    SOCKET base = INVALID_SOCKET;
    GUID unknown = {1, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};
    void *function;
    OVERLAPPED overlapped;
    say_socket("FIONBIO", ioctlsocket(stream, FIONBIO, &value));
    value = 77;
    say_socket("FIONREAD", ioctlsocket(stream, FIONREAD, &value));
    printf("%lu bytes\n", (unsigned long)value);
    say_socket("an unknown command", ioctlsocket(stream, 12345, &value));
    say_socket("no value", ioctlsocket(stream, FIONBIO, NULL));
    say_socket("keep-alive", WSAIoctl(stream, SIO_KEEPALIVE_VALS, &keep, sizeof(keep), NULL, 0, &bytes, NULL, NULL));
    say_socket("base handle", WSAIoctl(stream, SIO_BASE_HANDLE, NULL, 0, &base, sizeof(base), &bytes, NULL, NULL));
    printf("%lu bytes, %s\n", bytes, base == stream ? "itself" : "another");
    say_socket("an unknown extension", WSAIoctl(stream, SIO_GET_EXTENSION_FUNCTION_POINTER, &unknown, sizeof(unknown), &function, sizeof(function), &bytes, NULL, NULL));
    say_socket("no count", WSAIoctl(stream, FIONREAD, NULL, 0, &value, sizeof(value), NULL, NULL, NULL));
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    say_socket("overlapped FIONREAD", WSAIoctl(stream, FIONREAD, NULL, 0, &value, sizeof(value), &bytes, &overlapped, NULL));
    say_wait("its event", WaitForSingleObject(overlapped.hEvent, 0));
    CloseHandle(overlapped.hEvent);
}

static void set_up(void)
{
    struct sockaddr_in name, other;
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0), t = socket(AF_INET, SOCK_STREAM, 0), listener;
    int size = sizeof(name);
    say_socket("getsockname, not bound", getsockname(s, (struct sockaddr *)&name, &size));
    say_socket("getpeername, not connected", getpeername(s, (struct sockaddr *)&name, &size));
    say_socket("shutdown, not connected", shutdown(s, SD_SEND));
    say_socket("listen, not bound", listen(s, 5));
    say_socket("accept, not listening", (int)accept(s, NULL, NULL));
    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    say_socket("bind, short", bind(s, (struct sockaddr *)&name, 8));
    name.sin_family = 99;
    say_socket("bind, another family", bind(s, (struct sockaddr *)&name, sizeof(name)));
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(0x08080808);
    say_socket("bind, a foreign address", bind(s, (struct sockaddr *)&name, sizeof(name)));
    listener = listening(&other);
    say_socket("bind, in use", bind(s, (struct sockaddr *)&other, sizeof(other)));
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    say_socket("bind", bind(s, (struct sockaddr *)&name, sizeof(name)));
    say_socket("bind again", bind(s, (struct sockaddr *)&name, sizeof(name)));
    say_socket("connect", connect(t, (struct sockaddr *)&other, sizeof(other)));
    say_socket("connect again", connect(t, (struct sockaddr *)&other, sizeof(other)));
    say_socket("listen, connected", listen(t, 5));
    say_socket("connect a listener", connect(listener, (struct sockaddr *)&other, sizeof(other)));
    size = 3;
    say_socket("getsockname, too little room", getsockname(t, (struct sockaddr *)&name, &size));
    say_socket("another direction", shutdown(t, 9));
    say_socket("closesocket", closesocket(t));
    say_socket("closesocket again", closesocket(t));
    say_socket("socket of another family", (int)socket(99, SOCK_STREAM, 0));
    say_socket("socket of another type", (int)socket(AF_INET, 99, 0));
    say_socket("socket of another protocol", (int)socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
    closesocket(s);
    closesocket(listener);
}

int main(void)
{
    startup();
    stream = socket(AF_INET, SOCK_STREAM, 0);
    datagram = socket(AF_INET, SOCK_DGRAM, 0);
    options();
    controls();
    set_up();
    closesocket(stream);
    closesocket(datagram);
    return 0;
}
