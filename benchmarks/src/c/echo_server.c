/* Gives back what it gets, over any number of connections: a completion port, a few threads, and one request on its way for each
 * connection. A Windows program: it is built unchanged by `ovl cc` and by mingw.
 *
 *     echo_server threads bytes
 *
 * where "bytes" is the size of a receive buffer. To each line it answers with the number of the port that it listens at. It ends with
 * its input. */
#include <winsock2.h>
#include <windows.h>
#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    OVERLAPPED overlapped;
    SOCKET socket;
    WSABUF buffer;
    BOOL sending;
    char bytes[1];
} CONNECTION;

static HANDLE port;
static SOCKET listener;
static ULONG room;

static void fail(const char *what)
{
    fprintf(stderr, "%s: error %d\n", what, WSAGetLastError());
    exit(1);
}

static void end(CONNECTION *connection)
{
    closesocket(connection->socket);
    free(connection);
}

/* A request that is refused has no packet: the connection is over. */
static void receive(CONNECTION *connection)
{
    DWORD flags = 0;
    connection->sending = FALSE;
    connection->buffer.len = room;
    if (WSARecv(connection->socket, &connection->buffer, 1, NULL, &flags, &connection->overlapped, NULL) == SOCKET_ERROR
        && WSAGetLastError() != WSA_IO_PENDING)
        end(connection);
}

static void give_back(CONNECTION *connection, DWORD bytes)
{
    connection->sending = TRUE;
    connection->buffer.len = bytes;
    if (WSASend(connection->socket, &connection->buffer, 1, NULL, 0, &connection->overlapped, NULL) == SOCKET_ERROR
        && WSAGetLastError() != WSA_IO_PENDING)
        end(connection);
}

static unsigned __stdcall serve(void *alone)
{
    DWORD bytes;
    ULONG_PTR key;
    LPOVERLAPPED overlapped;
    if (alone)
        SetThreadAffinityMask(GetCurrentThread(), 1);
    for (;;) {
        BOOL good = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
        CONNECTION *connection = (CONNECTION *)overlapped;
        if (!connection)
            fail("GetQueuedCompletionStatus");
        if (!good || bytes == 0)
            end(connection);
        else if (connection->sending)
            receive(connection);
        else
            give_back(connection, bytes);
    }
    return 0;
}

static unsigned __stdcall admit(void *unused)
{
    (void)unused;
    for (;;) {
        BOOL yes = TRUE;
        SOCKET accepted = accept(listener, NULL, NULL);
        CONNECTION *connection = calloc(1, sizeof *connection + room);
        if (accepted == INVALID_SOCKET || !connection)
            fail("accept");
        setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, (const char *)&yes, sizeof yes);
        connection->socket = accepted;
        connection->buffer.buf = connection->bytes;
        if (!CreateIoCompletionPort((HANDLE)accepted, port, 1, 0))
            fail("CreateIoCompletionPort");
        receive(connection);
    }
    return 0;
}

int main(int argc, char **argv)
{
    WSADATA data;
    struct sockaddr_in address;
    char line[64];
    int length = sizeof address, threads = argc > 1 ? atoi(argv[1]) : 1, n;
    room = argc > 2 ? (ULONG)atoi(argv[2]) : 4096;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        fail("WSAStartup");
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, (DWORD)threads);
    listener = WSASocket(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!port || listener == INVALID_SOCKET || bind(listener, (struct sockaddr *)&address, sizeof address) != 0
        || listen(listener, SOMAXCONN) != 0 || getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        fail("the listener");
    for (n = 0; n < threads; n++)
        if (!_beginthreadex(NULL, 0, serve, threads == 1 ? &port : NULL, 0, NULL))
            fail("_beginthreadex");
    if (!_beginthreadex(NULL, 0, admit, NULL, 0, NULL))
        fail("_beginthreadex");
    while (fgets(line, sizeof line, stdin)) {
        printf("%u\n", (unsigned)ntohs(address.sin_port));
        fflush(stdout);
    }
    return 0;
}
