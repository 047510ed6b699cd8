/* Calls in states where they may not be made: connections on their way, pending AcceptEx, listeners, connections that were
 * refused; and that a socket goes on after a refusal (contract 08 sections 2, 3, 6.1 to 6.3 and 7). */
#include "say_socket.h"

enum { BLOCK = sizeof(struct sockaddr_in) + 16 };

static LPFN_CONNECTEX connect_ex;
static LPFN_DISCONNECTEX disconnect_ex;
static LPFN_ACCEPTEX accept_ex;
static struct sockaddr_in name, full;
static SOCKET listener;
static OVERLAPPED overlapped, another;
static char buffer[256];
static DWORD bytes;

static void fresh(OVERLAPPED *one)
{
    HANDLE event = one->hEvent ? one->hEvent : CreateEventA(NULL, TRUE, FALSE, NULL);
    memset(one, 0, sizeof(*one));
    one->hEvent = event;
    ResetEvent(event);
}

static void await(const char *what, SOCKET s)
{
    DWORD flags;
    say(what, WSAGetOverlappedResult(s, &overlapped, &bytes, TRUE, &flags));
}

/* A listener without room: whoever connects waits. */
static void fill_up(void)
{
    SOCKET s = bound(SOCK_STREAM, &full);
    u_long yes = 1;
    int i;
    listen(s, 0);
    for (i = 0; i < 4; i++) {
        SOCKET one = socket(AF_INET, SOCK_STREAM, 0);
        ioctlsocket(one, FIONBIO, &yes);
        connect(one, (struct sockaddr *)&full, sizeof(full));
    }
    Sleep(100);
}

static void refused_now(SOCKET s)
{
    struct sockaddr_in found;
    int size = sizeof(found);
    WSABUF one;
    DWORD flags = 0;
    one.buf = buffer;
    one.len = 1;
    say_socket("getpeername", getpeername(s, (struct sockaddr *)&found, &size));
    say_socket("send", send(s, "x", 1, 0));
    say_socket("recv", recv(s, buffer, 1, 0));
    fresh(&another);
    say_socket("WSASend", WSASend(s, &one, 1, &bytes, 0, &another, NULL));
    say_socket("WSARecv", WSARecv(s, &one, 1, &bytes, &flags, &another, NULL));
    say_socket("shutdown", shutdown(s, SD_SEND));
    say_socket("listen", listen(s, 1));
    say("DisconnectEx", disconnect_ex(s, &another, 0, 0));
    say("ConnectEx", connect_ex(s, (struct sockaddr *)&name, sizeof(name), NULL, 0, &bytes, &another));
}

static void on_the_way(void)
{
    struct sockaddr_in mine;
    SOCKET s = bound(SOCK_STREAM, &mine);
    u_long yes = 1;
    puts("ConnectEx on its way");
    fresh(&overlapped);
    say("ConnectEx", connect_ex(s, (struct sockaddr *)&full, sizeof(full), NULL, 0, &bytes, &overlapped));
    say_socket("connect", connect(s, (struct sockaddr *)&name, sizeof(name)));
    refused_now(s);
    say("CancelIoEx", CancelIoEx((HANDLE)s, &overlapped));
    await("cancelled", s);
    fresh(&overlapped);
    connect_ex(s, (struct sockaddr *)&name, sizeof(name), NULL, 0, &bytes, &overlapped);
    await("another attempt", s);
    closesocket(accept(listener, NULL, NULL));
    closesocket(s);
    puts("connect on its way");
    s = bound(SOCK_STREAM, &mine);
    ioctlsocket(s, FIONBIO, &yes);
    say_socket("connect", connect(s, (struct sockaddr *)&full, sizeof(full)));
    say_socket("connect again", connect(s, (struct sockaddr *)&full, sizeof(full)));
    refused_now(s);
    closesocket(s);
}

static void accepting(void)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0), v6 = socket(AF_INET6, SOCK_STREAM, 0);
    struct sockaddr_in mine;
    SOCKET taken = bound(SOCK_STREAM, &mine);
    puts("AcceptEx on its way");
    fresh(&overlapped);
    fresh(&another);
    say("a bound socket", accept_ex(listener, taken, buffer, 0, BLOCK, BLOCK, &bytes, &overlapped));
    say("another family", accept_ex(listener, v6, buffer, 0, BLOCK, BLOCK, &bytes, &overlapped));
    say("the listener itself", accept_ex(listener, listener, buffer, 0, BLOCK, BLOCK, &bytes, &overlapped));
    say("no buffer", accept_ex(listener, s, NULL, 0, BLOCK, BLOCK, &bytes, &overlapped));
    say("AcceptEx", accept_ex(listener, s, buffer, 0, BLOCK, BLOCK, &bytes, &overlapped));
    say("twice", accept_ex(listener, s, buffer, 0, BLOCK, BLOCK, &bytes, &another));
    say_socket("bind", bind(s, (struct sockaddr *)&mine, sizeof(mine)));
    say_socket("connect", connect(s, (struct sockaddr *)&name, sizeof(name)));
    say("ConnectEx", connect_ex(s, (struct sockaddr *)&name, sizeof(name), NULL, 0, &bytes, &another));
    say("CancelIo of the socket", CancelIo((HANDLE)s));
    say_wait("does nothing", WaitForSingleObject(overlapped.hEvent, 50));
    say("CancelIo of the listener", CancelIo((HANDLE)listener));
    await("cancelled", listener);
    closesocket(s);
    closesocket(v6);
    closesocket(taken);
}

static void refused(void)
{
    struct sockaddr_in nowhere, mine;
    struct timeval patience = {10, 0};
    SOCKET nobody = bound(SOCK_STREAM, &nowhere), s = bound(SOCK_STREAM, &mine);
    u_long yes = 1;
    WSAPOLLFD polled;
    fd_set writes, excepts;
    int code = 77, size = sizeof(code);
    struct sockaddr_in found;
    puts("refused");
    say_socket("connect", connect(s, (struct sockaddr *)&nowhere, sizeof(nowhere)));
    say_socket("recv", recv(s, buffer, 1, 0));
    size = sizeof(found);
    getsockname(s, (struct sockaddr *)&found, &size);
    printf("it has its port: %d\n", found.sin_port == mine.sin_port);
    ioctlsocket(s, FIONBIO, &yes);
    say_socket("connect, not blocking", connect(s, (struct sockaddr *)&nowhere, sizeof(nowhere)));
    FD_ZERO(&writes);
    FD_SET(s, &writes);
    FD_ZERO(&excepts);
    FD_SET(s, &excepts);
    say_socket("select", select(0, NULL, &writes, &excepts, &patience));
    printf("writable %d, exceptional %d\n", FD_ISSET(s, &writes) != 0, FD_ISSET(s, &excepts) != 0);
    polled.fd = s;
    polled.events = POLLWRNORM;
    polled.revents = 0;
    say_socket("WSAPoll", WSAPoll(&polled, 1, 10000));
    printf("an error and the end: %d\n", (polled.revents & (POLLERR | POLLHUP)) == (POLLERR | POLLHUP));
    size = sizeof(code);
    getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&code, &size);
    printf("SO_ERROR: %d\n", code);
    say_socket("connect to somebody", connect(s, (struct sockaddr *)&name, sizeof(name)));
    FD_ZERO(&writes);
    FD_SET(s, &writes);
    say_socket("select", select(0, NULL, &writes, NULL, &patience));
    say_socket("connect again", connect(s, (struct sockaddr *)&name, sizeof(name)));
    closesocket(s);
    closesocket(nobody);
}

int main(void)
{
    GUID connect_id = WSAID_CONNECTEX, disconnect_id = WSAID_DISCONNECTEX, accept_id = WSAID_ACCEPTEX;
    startup();
    listener = listening(&name);
    connect_ex = (LPFN_CONNECTEX)extension(listener, connect_id);
    disconnect_ex = (LPFN_DISCONNECTEX)extension(listener, disconnect_id);
    accept_ex = (LPFN_ACCEPTEX)extension(listener, accept_id);
    fill_up();
    on_the_way();
    accepting();
    refused();
    closesocket(listener);
    WSACleanup();
    return 0;
}
