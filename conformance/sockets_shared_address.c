/* Who may bind to an address that is taken: SO_REUSEADDR and SO_EXCLUSIVEADDRUSE; connections that are put off; sets of many sockets
 * (contract 08 sections 3, 7.1, 7.3 and 10). */
#define FD_SETSIZE 2000
#include "say_socket.h"

enum { MANY = 400 };

static SOCKET bind_with(int type, u_short port, int option, int *code)
{
    struct sockaddr_in name;
    SOCKET s = socket(AF_INET, type, 0);
    BOOL yes = TRUE;
    if (option != 0 && setsockopt(s, SOL_SOCKET, option, (char *)&yes, sizeof(yes)) != 0)
        die("setsockopt");
    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    name.sin_port = port;
    *code = bind(s, (struct sockaddr *)&name, sizeof(name)) == 0 ? 0 : WSAGetLastError();
    return s;
}

static void both(const char *what, int type, int first, int second)
{
    struct sockaddr_in name;
    int size = sizeof(name), code;
    SOCKET a = bind_with(type, 0, first, &code), b;
    getsockname(a, (struct sockaddr *)&name, &size);
    if (type == SOCK_STREAM)
        listen(a, 5);
    b = bind_with(type, name.sin_port, second, &code);
    printf("%s: %d\n", what, code);
    closesocket(a);
    closesocket(b);
}

static int CALLBACK decide(LPWSABUF a, LPWSABUF b, LPQOS c, LPQOS d, LPWSABUF e, LPWSABUF f, GROUP *group, DWORD_PTR verdict)
{
    (void)a, (void)b, (void)c, (void)d, (void)e, (void)f, (void)group;
    return (int)verdict;
}

static void put_off(void)
{
    struct sockaddr_in name;
    struct timeval patience = {5, 0};
    SOCKET listener = listening(&name), client = connected(&name), s;
    WSAEVENT event = WSACreateEvent();
    WSANETWORKEVENTS found;
    fd_set reads;
    say_socket("put off", (int)WSAAccept(listener, NULL, NULL, decide, CF_DEFER));
    FD_ZERO(&reads);
    FD_SET(listener, &reads);
    say_socket("it is still there", select(0, &reads, NULL, NULL, &patience));
    WSAEventSelect(listener, event, FD_ACCEPT);
    WSAEnumNetworkEvents(listener, event, &found);
    printf("events %lX\n", (unsigned long)found.lNetworkEvents);
    s = WSAAccept(listener, NULL, NULL, decide, CF_ACCEPT);
    printf("accepted: %d\n", s != INVALID_SOCKET);
    say_socket("no other", (int)accept(listener, NULL, NULL));
    closesocket(s);
    closesocket(client);
    closesocket(listener);
    WSACloseEvent(event);
}

static void many(void)
{
    static SOCKET all[MANY];
    static fd_set reads, writes, excepts;
    struct timeval patience = {5, 0};
    struct sockaddr_in name;
    int i;
    FD_ZERO(&reads);
    FD_ZERO(&writes);
    FD_ZERO(&excepts);
    for (i = 0; i < MANY; i++) {
        all[i] = bound(SOCK_DGRAM, &name);
        FD_SET(all[i], &reads);
        FD_SET(all[i], &writes);
        FD_SET(all[i], &excepts);
    }
    say_socket("all have room", select(0, &reads, &writes, &excepts, &patience));
    printf("%u, %u, %u\n", reads.fd_count, writes.fd_count, excepts.fd_count);
    FD_ZERO(&reads);
    for (i = 0; i < MANY; i++)
        FD_SET(all[i], &reads);
    sendto(all[0], "x", 1, 0, (struct sockaddr *)&name, sizeof(name));
    say_socket("one has data", select(0, &reads, NULL, NULL, &patience));
    printf("the last: %d\n", reads.fd_count == 1 && reads.fd_array[0] == all[MANY - 1]);
    for (i = 0; i < MANY; i++)
        closesocket(all[i]);
}

int main(void)
{
    startup();
    both("twice", SOCK_STREAM, 0, 0);
    both("taken over", SOCK_STREAM, 0, SO_REUSEADDR);
    both("shared", SOCK_STREAM, SO_REUSEADDR, SO_REUSEADDR);
    both("without asking", SOCK_STREAM, SO_REUSEADDR, 0);
    both("alone", SOCK_STREAM, SO_EXCLUSIVEADDRUSE, 0);
    both("alone, to be taken over", SOCK_STREAM, SO_EXCLUSIVEADDRUSE, SO_REUSEADDR);
    both("alone, too late", SOCK_STREAM, 0, SO_EXCLUSIVEADDRUSE);
    both("datagrams twice", SOCK_DGRAM, 0, 0);
    both("datagrams taken over", SOCK_DGRAM, 0, SO_REUSEADDR);
    both("datagrams alone, to be taken over", SOCK_DGRAM, SO_EXCLUSIVEADDRUSE, SO_REUSEADDR);
    put_off();
    many();
    return 0;
}
