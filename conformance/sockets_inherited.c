/* What a connection has from its listener, what stays of a socket that AcceptEx fills or DisconnectEx renews, and what a handle made
 * by DuplicateHandle is to Winsock (contract 08 sections 1, 3, 6.1, 6.3 and 10). */
#include "say_socket.h"

enum { BLOCK = sizeof(struct sockaddr_in) + 16 };

static DWORD number(SOCKET s, int level, int name)
{
    DWORD value = 0;
    int size = sizeof(value);
    if (getsockopt(s, level, name, (char *)&value, &size) != 0)
        die("getsockopt");
    return size == 1 ? value & 0xFF : value;
}

static BOOL flag(SOCKET s, int level, int name)
{
    BOOL value = 0;
    int size = sizeof(value);
    if (getsockopt(s, level, name, (char *)&value, &size) != 0)
        die("getsockopt");
    return (value & 0xFF) != 0;
}

static void change(SOCKET s, int level, int name, DWORD value)
{
    if (setsockopt(s, level, name, (char *)&value, sizeof(value)) != 0)
        die("setsockopt");
}

static void show(const char *what, SOCKET s)
{
    DWORD handle = 0;
    GetHandleInformation((HANDLE)s, &handle);
    printf("%s: keep-alive %d, no delay %d, time-outs %lu %lu, receive buffer %s, inherited by processes %lu\n", what,
           flag(s, SOL_SOCKET, SO_KEEPALIVE), flag(s, IPPROTO_TCP, TCP_NODELAY), number(s, SOL_SOCKET, SO_RCVTIMEO),
           number(s, SOL_SOCKET, SO_SNDTIMEO), number(s, SOL_SOCKET, SO_RCVBUF) == 33000 ? "33000" : "another", handle);
}

static void accepted(void)
{
    struct sockaddr_in name;
    SOCKET listener = bound(SOCK_STREAM, &name), client, s;
    u_long yes = 1;
    char byte;
    change(listener, SOL_SOCKET, SO_KEEPALIVE, TRUE);
    change(listener, IPPROTO_TCP, TCP_NODELAY, TRUE);
    change(listener, SOL_SOCKET, SO_RCVTIMEO, 1111);
    change(listener, SOL_SOCKET, SO_SNDTIMEO, 2222);
    change(listener, SOL_SOCKET, SO_RCVBUF, 33000);
    listen(listener, 5);
    client = connected(&name);
    s = accept(listener, NULL, NULL);
    show("accepted", s);
    closesocket(s);
    closesocket(client);
    ioctlsocket(listener, FIONBIO, &yes);
    client = connected(&name);
    Sleep(50);
    s = accept(listener, NULL, NULL);
    say_socket("it does not block either", recv(s, &byte, 1, 0));
    closesocket(s);
    closesocket(client);
    closesocket(listener);
}

static void filled(void)
{
    GUID accept_id = WSAID_ACCEPTEX, disconnect_id = WSAID_DISCONNECTEX;
    LPFN_DISCONNECTEX disconnect_ex;
    LPFN_ACCEPTEX accept_ex;
    struct sockaddr_in name;
    SOCKET listener = listening(&name), client, s = socket(AF_INET, SOCK_STREAM, 0), other;
    OVERLAPPED overlapped;
    static char buffer[2 * BLOCK];
    DWORD bytes;
    accept_ex = (LPFN_ACCEPTEX)extension(listener, accept_id);
    disconnect_ex = (LPFN_DISCONNECTEX)extension(listener, disconnect_id);
    show("fresh", s);
    change(s, SOL_SOCKET, SO_KEEPALIVE, TRUE);
    change(s, IPPROTO_TCP, TCP_NODELAY, TRUE);
    change(s, SOL_SOCKET, SO_RCVBUF, 33000);
    change(s, SOL_SOCKET, SO_RCVTIMEO, 777);
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.hEvent = WSACreateEvent();
    say("AcceptEx", accept_ex(listener, s, buffer, 0, BLOCK, BLOCK, &bytes, &overlapped));
    client = connected(&name);
    WaitForSingleObject(overlapped.hEvent, 5000);
    show("filled", s);
    other = 12344;
    say_socket("the context of no socket", setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&other, sizeof(other)));
    say_socket("of half a socket", setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, 2));
    say_socket("of one that does not listen", setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&client, sizeof(client)));
    say_socket("the context", setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof(listener)));
    show("with its context", s);
    say("DisconnectEx", disconnect_ex(s, NULL, TF_REUSE_SOCKET, 0));
    closesocket(client);
    show("renewed", s);
    closesocket(s);
    closesocket(listener);
    WSACloseEvent(overlapped.hEvent);
}

static void duplicated(void)
{
    SOCKET a, b, copy;
    HANDLE handle;
    DWORD bytes = 0, flags = 0;
    u_long count;
    WSABUF buffer;
    char byte;
    stream_pair(&a, &b);
    if (!DuplicateHandle(GetCurrentProcess(), (HANDLE)a, GetCurrentProcess(), &handle, 0, FALSE, DUPLICATE_SAME_ACCESS))
        die("DuplicateHandle");
    copy = (SOCKET)handle;
    buffer.buf = &byte;
    buffer.len = 1;
    printf("GetFileType: %lu\n", GetFileType(handle));
    say_socket("send", send(copy, "x", 1, 0));
    say_socket("WSARecv", WSARecv(copy, &buffer, 1, &bytes, &flags, NULL, NULL));
    say_socket("ioctlsocket", ioctlsocket(copy, FIONREAD, &count));
    say_socket("shutdown", shutdown(copy, SD_SEND));
    say_socket("closesocket", closesocket(copy));
    say("WriteFile", WriteFile(handle, "x", 1, &bytes, NULL));
    say_socket("received", recv(b, &byte, 1, 0));
    say_socket("the socket is closed", closesocket(a));
    say("WriteFile", WriteFile(handle, "y", 1, &bytes, NULL));
    say_socket("received", recv(b, &byte, 1, 0));
    say("CloseHandle", CloseHandle(handle));
    say_socket("now the connection ends", recv(b, &byte, 1, 0));
    closesocket(b);
}

int main(void)
{
    startup();
    accepted();
    filled();
    duplicated();
    return 0;
}
