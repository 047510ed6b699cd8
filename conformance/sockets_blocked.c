/* Calls that block and are ended: by closesocket in another thread, by CancelSynchronousIo, by their time-out; APCs that run
 * meanwhile; a close that lingers (contract 08 sections 3, 7 and 9, 03 section 8, 05 section 4). */
#include "say_socket.h"

static char data[8000000];
static HANDLE blocked;
static SOCKET peer;
static volatile LONG ran;

static DWORD WINAPI close_later(void *argument)
{
    Sleep(200);
    closesocket(*(SOCKET *)argument);
    return 0;
}

static DWORD WINAPI cancel_later(void *unused)
{
    (void)unused;
    Sleep(200);
    CancelSynchronousIo(blocked);
    return 0;
}

static void CALLBACK routine(ULONG_PTR value)
{
    ran += (LONG)value;
}

static DWORD WINAPI interrupt_later(void *unused)
{
    (void)unused;
    Sleep(100);
    QueueUserAPC(routine, blocked, 1);
    Sleep(200);
    send(peer, "go", 2, 0);
    return 0;
}

static HANDLE later(DWORD(WINAPI *what)(void *), void *argument)
{
    return CreateThread(NULL, 0, what, argument, 0, NULL);
}

static void join(HANDLE thread)
{
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}

static void closed(void)
{
    struct sockaddr_in name;
    struct timeval patience = {10, 0};
    WSAPOLLFD polled;
    fd_set reads;
    SOCKET a, b, s;
    HANDLE thread;
    stream_pair(&a, &b);
    thread = later(close_later, &a);
    say_socket("recv", recv(a, data, 1, 0));
    join(thread);
    say_socket("its peer sees the end", recv(b, data, 1, 0));
    closesocket(b);
    s = listening(&name);
    thread = later(close_later, &s);
    say_socket("accept", (int)accept(s, NULL, NULL));
    join(thread);
    stream_pair(&a, &b);
    thread = later(close_later, &a);
    say_socket("send", send(a, data, sizeof(data), 0));
    join(thread);
    closesocket(b);
    s = bound(SOCK_DGRAM, &name);
    thread = later(close_later, &s);
    say_socket("recvfrom", recvfrom(s, data, 1, 0, NULL, NULL));
    join(thread);
    stream_pair(&a, &b);
    thread = later(close_later, &a);
    FD_ZERO(&reads);
    FD_SET(a, &reads);
    say_socket("select", select(0, &reads, NULL, NULL, &patience));
    join(thread);
    say_socket("its peer sees the end", recv(b, data, 1, 0));
    closesocket(b);
    stream_pair(&a, &b);
    thread = later(close_later, &a);
    polled.fd = a;
    polled.events = POLLRDNORM;
    polled.revents = 0;
    say_socket("WSAPoll", WSAPoll(&polled, 1, 10000));
    printf("its events: %X\n", (unsigned)polled.revents);
    join(thread);
    closesocket(b);
}

static void cancelled_and_late(void)
{
    SOCKET a, b;
    DWORD limit = 200;
    HANDLE thread;
    stream_pair(&a, &b);
    thread = later(cancel_later, NULL);
    say_socket("recv, cancelled", recv(a, data, 1, 0));
    join(thread);
    peer = b;
    thread = later(interrupt_later, NULL);
    say_socket("recv goes on after an APC", recv(a, data, 8, 0));
    printf("it ran %ld time\n", (long)ran);
    join(thread);
    setsockopt(a, SOL_SOCKET, SO_RCVTIMEO, (char *)&limit, sizeof(limit));
    setsockopt(a, SOL_SOCKET, SO_SNDTIMEO, (char *)&limit, sizeof(limit));
    say_socket("recv, late", recv(a, data, 1, 0));
    say_socket("send, late", send(a, data, sizeof(data), 0));
    closesocket(a);
    closesocket(b);
}

static void lingering(void)
{
    struct linger one = {1, 1};
    SOCKET a, b;
    u_long yes = 1, no = 0;
    ULONGLONG start;
    int got;
    stream_pair(&a, &b);
    setsockopt(a, SOL_SOCKET, SO_LINGER, (char *)&one, sizeof(one));
    send(a, "all", 3, 0);
    say_socket("closesocket, nothing unsent", closesocket(a));
    printf("received %d\n", receive_all(b, data, 3));
    say_socket("then the end", recv(b, data, 1, 0));
    closesocket(b);
    stream_pair(&a, &b);
    setsockopt(a, SOL_SOCKET, SO_LINGER, (char *)&one, sizeof(one));
    ioctlsocket(a, FIONBIO, &yes);
    while (send(a, data, sizeof(data), 0) > 0) {}
    say_socket("must not block", closesocket(a));
    ioctlsocket(a, FIONBIO, &no);
    start = GetTickCount64();
    say_socket("may block", closesocket(a));
    printf("waited for the second: %d\n", GetTickCount64() - start >= 900);
    while ((got = recv(b, data, sizeof(data), 0)) > 0) {}
    say_socket("then it was aborted", got);
    closesocket(b);
}

int main(void)
{
    startup();
    DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &blocked, 0, FALSE, DUPLICATE_SAME_ACCESS);
    closed();
    cancelled_and_late();
    lingering();
    CloseHandle(blocked);
    return 0;
}
