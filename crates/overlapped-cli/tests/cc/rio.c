/* Registered I/O, as its samples use it: two sockets that are connected, and two that send datagrams. */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <stdio.h>
#include <string.h>

static RIO_EXTENSION_FUNCTION_TABLE rio;
#define CHECK(condition) do { if (!(condition)) { printf("line %d: %d\n", __LINE__, WSAGetLastError()); return 1; } } while (0)

static SOCKET make(int type, int protocol) { return WSASocketW(AF_INET, type, protocol, NULL, 0, WSA_FLAG_REGISTERED_IO); }

/* The next result of a queue whose event is to be set. */
static ULONG next(RIO_CQ queue, HANDLE event, RIORESULT *to, ULONG count) {
    INT refused = rio.RIONotify(queue);
    if (refused) return 1000 + (ULONG)refused;
    if (WaitForSingleObject(event, 60000) != WAIT_OBJECT_0) return 2000;
    return rio.RIODequeueCompletion(queue, to, count);
}

int main(void) {
    WSADATA data;
    GUID id = WSAID_MULTIPLE_RIO;
    DWORD bytes = 0;
    SOCKET listener, client, server, first, second;
    struct sockaddr_in address = {0};
    int length = sizeof address;
    char memory[4096];
    RIO_BUFFERID buffer;
    RIO_NOTIFICATION_COMPLETION how = {0};
    RIO_CQ queue, by_port;
    RIO_RQ from, to;
    RIO_BUF part, where;
    RIORESULT results[4];
    HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL), port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    OVERLAPPED mine, *told = NULL;
    ULONG_PTR key = 0;
    WSAStartup(MAKEWORD(2, 2), &data);
    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(!bind(listener, (struct sockaddr *)&address, sizeof address) && !listen(listener, 5));
    getsockname(listener, (struct sockaddr *)&address, &length);
    client = make(SOCK_STREAM, IPPROTO_TCP);
    rio.cbSize = sizeof rio;
    CHECK(!WSAIoctl(client, SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &rio, sizeof rio, &bytes, NULL, NULL));
    CHECK(bytes == sizeof rio && rio.cbSize == sizeof rio);
    CHECK(!connect(client, (struct sockaddr *)&address, sizeof address));
    server = accept(listener, NULL, NULL);
    buffer = rio.RIORegisterBuffer(memory, sizeof memory);
    CHECK(buffer != RIO_INVALID_BUFFERID && rio.RIORegisterBuffer(NULL, 10) == RIO_INVALID_BUFFERID);
    how.Type = RIO_EVENT_COMPLETION;
    how.Event.EventHandle = event;
    queue = rio.RIOCreateCompletionQueue(8, &how);
    from = rio.RIOCreateRequestQueue(client, 4, 1, 4, 1, queue, queue, (PVOID)1);
    to = rio.RIOCreateRequestQueue(server, 4, 1, 4, 1, queue, queue, (PVOID)2);
    CHECK(queue && from && to);
    part.BufferId = buffer, part.Offset = 4000, part.Length = 200;
    CHECK(!rio.RIOReceive(to, &part, 1, 0, NULL) && WSAGetLastError() == WSAEINVAL);
    part.Offset = 1000, part.Length = 100;
    CHECK(rio.RIOReceive(to, &part, 1, 0, (PVOID)22));
    CHECK(rio.RIODequeueCompletion(queue, results, 4) == 0);
    strcpy(memory, "hello");
    part.Offset = 0, part.Length = 5;
    CHECK(rio.RIOSend(from, &part, 1, RIO_MSG_DONT_NOTIFY, (PVOID)11));
    {
        int sent = 0, received = 0;
        ULONGLONG begun = GetTickCount64();
        while (!sent || !received) {
            /* Nobody is told of the send, which may come last. */
            ULONG count = received ? rio.RIODequeueCompletion(queue, results, 4) : next(queue, event, results, 4), i;
            CHECK(count <= 4 && GetTickCount64() - begun < 60000);
            if (!count) Sleep(1);
            for (i = 0; i < count; i++) {
                CHECK(results[i].Status == 0 && results[i].BytesTransferred == 5);
                if (results[i].SocketContext == 1 && results[i].RequestContext == 11) sent++;
                if (results[i].SocketContext == 2 && results[i].RequestContext == 22) received++;
            }
        }
        printf("%d %d %.5s\n", sent, received, memory + 1000);
    }
    /* The end of the stream, and one that is cut off. */
    part.Offset = 2000, part.Length = 10;
    CHECK(rio.RIOReceive(to, &part, 1, 0, (PVOID)3));
    closesocket(client);
    CHECK(next(queue, event, results, 4) == 1);
    printf("%d %lu\n", results[0].Status, results[0].BytesTransferred);

    how.Type = RIO_IOCP_COMPLETION;
    how.Iocp.IocpHandle = port;
    how.Iocp.CompletionKey = (PVOID)77;
    how.Iocp.Overlapped = &mine;
    by_port = rio.RIOCreateCompletionQueue(2, &how);
    first = make(SOCK_DGRAM, IPPROTO_UDP), second = make(SOCK_DGRAM, IPPROTO_UDP);
    address.sin_port = 0;
    CHECK(!bind(first, (struct sockaddr *)&address, sizeof address) && !bind(second, (struct sockaddr *)&address, sizeof address));
    from = rio.RIOCreateRequestQueue(first, 2, 1, 2, 1, by_port, queue, NULL);
    to = rio.RIOCreateRequestQueue(second, 2, 1, 2, 1, by_port, queue, NULL);
    length = sizeof address;
    getsockname(second, (struct sockaddr *)&address, &length);
    memcpy(memory + 3000, &address, sizeof address);
    part.Offset = 100, part.Length = 100;
    where.BufferId = buffer, where.Offset = 3100, where.Length = sizeof(SOCKADDR_INET);
    CHECK(rio.RIOReceiveEx(to, &part, 1, NULL, &where, NULL, NULL, 0, (PVOID)5));
    CHECK(rio.RIOReceiveEx(to, &part, 1, NULL, &where, NULL, NULL, 0, (PVOID)6));
    CHECK(!rio.RIOReceiveEx(to, &part, 1, NULL, &where, NULL, NULL, 0, NULL) && WSAGetLastError() == WSAENOBUFS);
    CHECK(!rio.RIONotify(by_port) && rio.RIONotify(by_port) == WSAEALREADY);
    part.Offset = 0, part.Length = 5;
    where.Offset = 3000, where.Length = sizeof address;
    CHECK(rio.RIOSendEx(from, &part, 1, NULL, &where, NULL, NULL, 0, NULL));
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &told, 60000) && key == 77 && told == &mine);
    CHECK(rio.RIODequeueCompletion(by_port, results, 4) == 1 && results[0].RequestContext == 5);
    getsockname(first, (struct sockaddr *)&address, &length);
    printf("%lu %.5s %d\n", results[0].BytesTransferred, memory + 100, ((struct sockaddr_in *)(void *)(memory + 3100))->sin_port == address.sin_port);
    CHECK(!rio.RIONotify(by_port));
    closesocket(second);
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &told, 60000));
    CHECK(rio.RIODequeueCompletion(by_port, results, 4) == 1);
    printf("%d\n", results[0].Status);
    rio.RIOCloseCompletionQueue(queue);
    printf("%d\n", rio.RIODequeueCompletion(queue, results, 4) == RIO_CORRUPT_CQ);
    rio.RIODeregisterBuffer(buffer);
    return 0;
}
