/* An echo server of four threads on a completion port, and eight clients that check what comes back (contract 08 sections 3, 4;
 * 06 section 10). */
#include "say_socket.h"

enum { CLIENTS = 8, ROUNDS = 50, LENGTH = 1000, WORKERS = 4 };

typedef struct {
    OVERLAPPED overlapped;
    SOCKET socket;
    WSABUF buffer;
    BOOL sending;
    char data[LENGTH];
} Connection;

static HANDLE port;
static volatile LONG bytes_echoed, connections_closed;

static void receive(Connection *c)
{
    DWORD flags = 0;
    memset(&c->overlapped, 0, sizeof(c->overlapped));
    c->sending = FALSE;
    c->buffer.buf = c->data;
    c->buffer.len = LENGTH;
    if (WSARecv(c->socket, &c->buffer, 1, NULL, &flags, &c->overlapped, NULL) != 0 && WSAGetLastError() != WSA_IO_PENDING)
        die("WSARecv");
}

static void answer(Connection *c, DWORD bytes)
{
    memset(&c->overlapped, 0, sizeof(c->overlapped));
    c->sending = TRUE;
    c->buffer.len = bytes;
    if (WSASend(c->socket, &c->buffer, 1, NULL, 0, &c->overlapped, NULL) != 0 && WSAGetLastError() != WSA_IO_PENDING)
        die("WSASend");
}

static DWORD WINAPI worker(void *unused)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;
    (void)unused;
    for (;;) {
        Connection *c;
        if (!GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE))
            die("GetQueuedCompletionStatus");
        if (overlapped == NULL)
            return 0;
        c = CONTAINING_RECORD(overlapped, Connection, overlapped);
        if (c->sending) {
            InterlockedExchangeAdd(&bytes_echoed, (LONG)bytes);
            receive(c);
        } else if (bytes > 0) {
            answer(c, bytes);
        } else {
            closesocket(c->socket);
            free(c);
            InterlockedIncrement(&connections_closed);
        }
    }
}

static DWORD WINAPI client(void *argument)
{
    SOCKET s = connected((struct sockaddr_in *)argument);
    char out[LENGTH], in[LENGTH];
    int round, i, bad = 0;
    for (round = 0; round < ROUNDS; round++) {
        for (i = 0; i < LENGTH; i++)
            out[i] = (char)(i * 7 + round);
        if (send(s, out, LENGTH, 0) != LENGTH || receive_all(s, in, LENGTH) != LENGTH || memcmp(in, out, LENGTH) != 0)
            bad++;
    }
    shutdown(s, SD_SEND);
    if (recv(s, in, LENGTH, 0) != 0)
        bad++;
    closesocket(s);
    return (DWORD)bad;
}

int main(void)
{
    HANDLE workers[WORKERS], clients[CLIENTS];
    struct sockaddr_in name;
    SOCKET listener;
    DWORD bad = 0, code;
    int i;
    startup();
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 2);
    for (i = 0; i < WORKERS; i++)
        workers[i] = CreateThread(NULL, 0, worker, NULL, 0, NULL);
    listener = listening(&name);
    for (i = 0; i < CLIENTS; i++)
        clients[i] = CreateThread(NULL, 0, client, &name, 0, NULL);
    for (i = 0; i < CLIENTS; i++) {
        Connection *c = (Connection *)calloc(1, sizeof(*c));
        c->socket = accept(listener, NULL, NULL);
        if (c->socket == INVALID_SOCKET || CreateIoCompletionPort((HANDLE)c->socket, port, (ULONG_PTR)c, 0) != port)
            die("accept");
        receive(c);
    }
    say_wait("the clients end", WaitForMultipleObjects(CLIENTS, clients, TRUE, 20000));
    for (i = 0; i < CLIENTS; i++) {
        GetExitCodeThread(clients[i], &code);
        bad += code;
        CloseHandle(clients[i]);
    }
    printf("rounds that went wrong: %lu\n", bad);
    for (i = 0; i < 200 && connections_closed < CLIENTS; i++)
        Sleep(10);
    printf("bytes echoed: %ld, connections closed: %ld\n", bytes_echoed, connections_closed);
    for (i = 0; i < WORKERS; i++)
        PostQueuedCompletionStatus(port, 0, 0, NULL);
    say_wait("the workers end", WaitForMultipleObjects(WORKERS, workers, TRUE, 20000));
    closesocket(listener);
    say_socket("WSACleanup", WSACleanup());
    say_socket("once too often", WSACleanup());
    return 0;
}
