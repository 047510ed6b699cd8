/* Graceful and abortive ends of a connection as both sides see them, through the port and through Winsock; what a close does to
 * pending requests (contract 08 sections 5 and 9). */
#include "say_socket.h"

static void pending_receive(SOCKET s, HANDLE port, OVERLAPPED *overlapped, WSABUF *buffer)
{
    DWORD flags = 0;
    memset(overlapped, 0, sizeof(*overlapped));
    CreateIoCompletionPort((HANDLE)s, port, 4, 0);
    say_socket("WSARecv", WSARecv(s, buffer, 1, NULL, &flags, overlapped, NULL));
}

static void await(const char *what, HANDLE port, OVERLAPPED *expected)
{
    DWORD bytes = 77;
    ULONG_PTR key = 0;
    OVERLAPPED *overlapped = NULL;
    BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 5000);
    say(what, ok);
    printf("  key %lu, %lu bytes, %s, status %08lX\n", (unsigned long)key, bytes, overlapped == expected ? "its OVERLAPPED" : "another", (unsigned long)expected->Internal);
    overlapped = NULL;
    if (GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 50) || overlapped != NULL)
        printf("  and one more packet\n");
}

static void abortive(SOCKET s)
{
    struct linger now = {1, 0};
    setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&now, sizeof(now));
    closesocket(s);
}

int main(void)
{
    HANDLE port;
    SOCKET a, b;
    OVERLAPPED overlapped;
    char data[64];
    WSABUF buffer;
    DWORD bytes, flags;
    int code = 77, size = sizeof(code);
    startup();
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    buffer.buf = data;
    buffer.len = sizeof(data);

    puts("a graceful close");
    stream_pair(&a, &b);
    pending_receive(a, port, &overlapped, &buffer);
    shutdown(b, SD_SEND);
    await("the end", port, &overlapped);
    say_socket("the other direction works", send(a, "still", 5, 0));
    printf("received %d\n", receive_all(b, data, 5));
    say_socket("receiving again", recv(a, data, sizeof(data), 0));
    say_socket("sending after shutdown", send(b, "x", 1, 0));
    say_socket("shutdown again", shutdown(b, SD_SEND));
    closesocket(a);
    closesocket(b);

    puts("an abortive close");
    stream_pair(&a, &b);
    pending_receive(a, port, &overlapped, &buffer);
    abortive(b);
    await("the reset", port, &overlapped);
    flags = 0;
    say("as Winsock says it", WSAGetOverlappedResult(a, &overlapped, &bytes, FALSE, &flags));
    getsockopt(a, SOL_SOCKET, SO_ERROR, (char *)&code, &size);
    printf("SO_ERROR: %d\n", code);
    say_socket("the next WSARecv", WSARecv(a, &buffer, 1, NULL, &flags, &overlapped, NULL));
    bytes = 77;
    say("and no packet", GetQueuedCompletionStatus(port, &bytes, (PULONG_PTR)data, (LPOVERLAPPED *)(data + 8), 50));
    closesocket(a);

    puts("an abortive close, blocking receive");
    stream_pair(&a, &b);
    abortive(b);
    say_socket("recv", recv(a, data, sizeof(data), 0));
    closesocket(a);

    puts("unread data");
    stream_pair(&a, &b);
    send(a, "unread", 6, 0);
    Sleep(50);
    closesocket(b);
    say_socket("recv", recv(a, data, sizeof(data), 0));
    closesocket(a);

    puts("closed under a receive");
    stream_pair(&a, &b);
    pending_receive(a, port, &overlapped, &buffer);
    say_socket("closesocket", closesocket(a));
    await("the receive", port, &overlapped);
    say_socket("closesocket again", closesocket(a));
    say_socket("the peer sees", recv(b, data, sizeof(data), 0));
    closesocket(b);

    puts("cancelled");
    stream_pair(&a, &b);
    pending_receive(a, port, &overlapped, &buffer);
    say("CancelIoEx", CancelIoEx((HANDLE)a, &overlapped));
    await("the receive", port, &overlapped);
    say("nothing to cancel", CancelIoEx((HANDLE)a, NULL));
    say_socket("the socket lives", send(a, "alive", 5, 0));
    printf("received %d\n", receive_all(b, data, 5));
    closesocket(a);
    closesocket(b);
    CloseHandle(port);
    return 0;
}
