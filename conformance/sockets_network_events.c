/* Network events row by row: what records each, what lets it be recorded again, what a mask does, and in which order the data and
 * the end of a connection are told (contract 08 section 7.3). */
#include "say_socket.h"

enum { SOON = 3000, NEVER = 150 };

static WSAEVENT event;
static SOCKET a, b;
static char data[100000];

static void show(const char *what, SOCKET s, DWORD patience)
{
    WSANETWORKEVENTS found;
    DWORD waited = WSAWaitForMultipleEvents(1, &event, FALSE, patience, FALSE);
    int bit;
    if (WSAEnumNetworkEvents(s, event, &found) != 0)
        die("WSAEnumNetworkEvents");
    printf("%s: %s, events %lX", what, waited == WSA_WAIT_EVENT_0 ? "signalled" : "not signalled", (unsigned long)found.lNetworkEvents);
    for (bit = 0; bit <= FD_CLOSE_BIT; bit++)
        if ((found.lNetworkEvents >> bit & 1) && found.iErrorCode[bit] != 0)
            printf(", code %d", found.iErrorCode[bit]);
    puts("");
}

static void fresh_pair(long mask)
{
    closesocket(a);
    closesocket(b);
    stream_pair(&a, &b);
    WSAResetEvent(event);
    WSAEventSelect(a, event, mask);
}

static void abortive(SOCKET s)
{
    struct linger now = {1, 0};
    setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&now, sizeof(now));
    closesocket(s);
}

static void reading(void)
{
    OVERLAPPED overlapped;
    WSABUF buffer;
    DWORD bytes, flags = 0;
    fresh_pair(FD_READ | FD_OOB | FD_CLOSE);
    show("nothing there", a, NEVER);
    send(b, "abcd", 4, 0);
    show("data", a, SOON);
    recv(a, data, 1, MSG_PEEK);
    show("after a look", a, SOON);
    recv(a, data, 1, 0);
    show("after recv", a, SOON);
    buffer.buf = data;
    buffer.len = 1;
    WSARecv(a, &buffer, 1, &bytes, &flags, NULL, NULL);
    show("after WSARecv", a, SOON);
    recvfrom(a, data, 1, 0, NULL, NULL);
    show("after recvfrom", a, SOON);
    memset(&overlapped, 0, sizeof(overlapped));
    ReadFile((HANDLE)a, data, 1, &bytes, &overlapped);
    show("all was read", a, NEVER);
    send(b, "e", 1, 0);
    show("and more after ReadFile", a, SOON);
    recv(a, data, 1, 0);
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.hEvent = WSACreateEvent();
    say_socket("a receive waits", WSARecv(a, &buffer, 1, NULL, &flags, &overlapped, NULL));
    send(b, "f", 1, 0);
    WaitForSingleObject(overlapped.hEvent, SOON);
    show("it took the data", a, NEVER);
    WSACloseEvent(overlapped.hEvent);
    send(b, "!", 1, MSG_OOB);
    show("urgent", a, SOON);
    say_socket("taken", recv(a, data, 1, MSG_OOB));
    show("no other", a, NEVER);
    send(b, "?", 1, MSG_OOB);
    show("urgent again", a, SOON);
}

static void masks(void)
{
    fresh_pair(FD_CLOSE);
    send(b, "x", 1, 0);
    show("not selected", a, NEVER);
    WSAEventSelect(a, event, FD_READ);
    show("selected now", a, SOON);
    WSAEventSelect(a, event, FD_READ | FD_WRITE);
    show("and room to send", a, SOON);
    say_socket("no event", WSAEventSelect(a, NULL, FD_READ));
    say_socket("no mask", WSAEventSelect(a, NULL, 0));
    say_socket("does not block yet", (recv(a, data, 1, 0), recv(a, data, 1, 0)));
}

static void ends(void)
{
    OVERLAPPED overlapped;
    WSABUF buffer;
    DWORD flags = 0;
    fresh_pair(FD_READ | FD_CLOSE);
    send(b, "last", 4, 0);
    shutdown(b, SD_SEND);
    Sleep(100);
    show("data and the end", a, SOON);
    recv(a, data, 2, 0);
    show("some is left", a, SOON);
    recv(a, data, 2, 0);
    show("the end when all was read", a, SOON);
    say_socket("recv", recv(a, data, 1, 0));
    show("once", a, NEVER);
    fresh_pair(FD_READ | FD_CLOSE);
    abortive(b);
    show("a reset", a, SOON);
    fresh_pair(FD_READ | FD_CLOSE);
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.hEvent = WSACreateEvent();
    buffer.buf = data;
    buffer.len = 1;
    WSARecv(a, &buffer, 1, NULL, &flags, &overlapped, NULL);
    abortive(b);
    WaitForSingleObject(overlapped.hEvent, SOON);
    show("a reset that a receive has met", a, SOON);
    WSACloseEvent(overlapped.hEvent);
}

static void writing(void)
{
    u_long yes = 1;
    int i;
    fresh_pair(FD_WRITE);
    show("room at once", a, SOON);
    send(a, "x", 1, 0);
    show("a good send changes nothing", a, NEVER);
    while (send(a, data, sizeof(data), 0) > 0) {}
    printf("no room: %d\n", WSAGetLastError());
    show("still none", a, NEVER);
    ioctlsocket(b, FIONBIO, &yes);
    for (i = 0; i < 200; i++)
        if (recv(b, data, sizeof(data), 0) <= 0)
            Sleep(2);
    show("room again", a, SOON);
}

static void connections(void)
{
    struct sockaddr_in name, nowhere;
    SOCKET listener = listening(&name), nobody = bound(SOCK_STREAM, &nowhere), first, second, s;
    WSAResetEvent(event);
    WSAEventSelect(listener, event, FD_ACCEPT | FD_READ | FD_CLOSE);
    first = connected(&name);
    show("one has come", listener, SOON);
    second = connected(&name);
    show("another, nobody was accepted", listener, NEVER);
    s = accept(listener, NULL, NULL);
    WSAEventSelect(s, NULL, 0);
    show("after accept", listener, SOON);
    closesocket(s);
    s = accept(listener, NULL, NULL);
    send(second, "x", 1, 0);
    show("an accepted socket has the selection", s, SOON);
    closesocket(s);
    closesocket(first);
    closesocket(second);

    s = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    WSAResetEvent(event);
    WSAEventSelect(s, event, FD_CONNECT | FD_WRITE | FD_CLOSE);
    show("not connected", s, NEVER);
    say_socket("connect to nobody", connect(s, (struct sockaddr *)&nowhere, sizeof(nowhere)));
    show("refused", s, 10000);
    say_socket("connect again", connect(s, (struct sockaddr *)&name, sizeof(name)));
    Sleep(100);
    show("connected", s, SOON);
    show("once", s, NEVER);
    closesocket(s);
    closesocket(listener);
    closesocket(nobody);
}

int main(void)
{
    startup();
    event = WSACreateEvent();
    a = b = INVALID_SOCKET;
    reading();
    masks();
    ends();
    writing();
    connections();
    closesocket(a);
    closesocket(b);
    WSACloseEvent(event);
    return 0;
}
