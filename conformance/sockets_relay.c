/* A relay on a completion port: clients talk to a server through it, each direction has one request on its way, and the end of one
   direction is passed on while the other goes on (contract 08 sections 4, 6.1, 6.2 and 9, contract 06 section 2). */
#include "say_socket.h"

#define CLIENTS 24
#define BYTES 150000
#define CHUNK 4096
#define WORKERS 3

enum what { ACCEPTED, CONNECTED, RECEIVED, SENT };

struct half;

/* One request of a direction; a direction has one at a time. */
struct half {
    OVERLAPPED overlapped;
    enum what what;
    SOCKET from, to;
    char data[CHUNK];
    WSABUF rest;
    struct link *link;
};

/* A client, its connection to the server, and both directions. */
struct link {
    OVERLAPPED overlapped;
    enum what what;
    SOCKET client, server;
    char addresses[2 * (sizeof(struct sockaddr_in) + 16)];
    struct half there, back;
    LONG open;
};

static HANDLE port;
static SOCKET listener;
static struct sockaddr_in relay_name, server_name;
static LPFN_CONNECTEX connect_ex;
static volatile LONG ended, failures, relayed;
static HANDLE all_ended;

static void post_accept(void);

static void fail(const char *what)
{
    int code = WSAGetLastError();
    if (InterlockedIncrement(&failures) < 5)
        printf("%s: %d\n", what, code);
}

static void end_half(struct link *link)
{
    if (InterlockedDecrement(&link->open) != 0)
        return;
    closesocket(link->client);
    closesocket(link->server);
    free(link);
    if (InterlockedIncrement(&ended) == CLIENTS)
        SetEvent(all_ended);
}

static void receive(struct half *half)
{
    DWORD flags = 0;
    WSABUF buffer;
    buffer.buf = half->data;
    buffer.len = CHUNK;
    memset(&half->overlapped, 0, sizeof(half->overlapped));
    half->what = RECEIVED;
    if (WSARecv(half->from, &buffer, 1, NULL, &flags, &half->overlapped, NULL) != 0 && WSAGetLastError() != WSA_IO_PENDING) {
        fail("WSARecv");
        end_half(half->link);
    }
}

static void pass_on(struct half *half, DWORD bytes)
{
    if (bytes == 0) {
        /* The other direction goes on. */
        if (shutdown(half->to, SD_SEND) != 0)
            fail("shutdown");
        end_half(half->link);
        return;
    }
    InterlockedExchangeAdd(&relayed, (LONG)bytes);
    half->rest.buf = half->data;
    half->rest.len = bytes;
    memset(&half->overlapped, 0, sizeof(half->overlapped));
    half->what = SENT;
    if (WSASend(half->to, &half->rest, 1, NULL, 0, &half->overlapped, NULL) != 0 && WSAGetLastError() != WSA_IO_PENDING) {
        fail("WSASend");
        end_half(half->link);
    }
}

static void accepted(struct link *link)
{
    struct sockaddr_in any;
    DWORD sent;
    post_accept();
    if (setsockopt(link->client, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof(listener)) != 0)
        fail("SO_UPDATE_ACCEPT_CONTEXT");
    CreateIoCompletionPort((HANDLE)link->client, port, 1, 0);
    memset(&any, 0, sizeof(any));
    any.sin_family = AF_INET;
    link->server = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (bind(link->server, (struct sockaddr *)&any, sizeof(any)) != 0)
        fail("bind");
    CreateIoCompletionPort((HANDLE)link->server, port, 2, 0);
    memset(&link->overlapped, 0, sizeof(link->overlapped));
    link->what = CONNECTED;
    if (connect_ex(link->server, (struct sockaddr *)&server_name, sizeof(server_name), NULL, 0, &sent, &link->overlapped) ||
        WSAGetLastError() != WSA_IO_PENDING)
        fail("ConnectEx");
}

static void start(struct half *half, struct link *link, SOCKET from, SOCKET to)
{
    half->link = link;
    half->from = from;
    half->to = to;
    receive(half);
}

static void connected_to_server(struct link *link)
{
    if (setsockopt(link->server, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0) != 0)
        fail("SO_UPDATE_CONNECT_CONTEXT");
    link->open = 2;
    start(&link->there, link, link->client, link->server);
    start(&link->back, link, link->server, link->client);
}

static DWORD WINAPI worker(void *unused)
{
    (void)unused;
    for (;;) {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED *done = NULL;
        BOOL good = GetQueuedCompletionStatus(port, &bytes, &key, &done, INFINITE);
        enum what what;
        if (done == NULL)
            return 0;
        /* It stands behind the OVERLAPPED in both structures. */
        what = ((struct half *)done)->what;
        if (!good && what == ACCEPTED) {
            /* The listener was closed. */
            closesocket(((struct link *)done)->client);
            free(done);
            continue;
        }
        if (!good)
            fail("a request");
        if (what == ACCEPTED)
            accepted((struct link *)done);
        else if (what == CONNECTED)
            connected_to_server((struct link *)done);
        else if (!good)
            end_half(((struct half *)done)->link);
        else if (what == RECEIVED)
            pass_on((struct half *)done, bytes);
        else
            receive((struct half *)done);
    }
}

static void post_accept(void)
{
    DWORD bytes;
    struct link *link = (struct link *)calloc(1, sizeof(*link));
    link->what = ACCEPTED;
    link->client = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (!AcceptEx(listener, link->client, link->addresses, 0, sizeof(struct sockaddr_in) + 16, sizeof(struct sockaddr_in) + 16,
                  &bytes, &link->overlapped) && WSAGetLastError() != WSA_IO_PENDING) {
        closesocket(link->client);
        free(link);
    }
}

/* Answers when everything has come: the sum, and then all of it, turned round. */
static DWORD WINAPI serve(void *socket)
{
    SOCKET s = (SOCKET)socket;
    char *all = (char *)malloc(BYTES);
    int size = receive_all(s, all, BYTES), i;
    char more;
    if (size != BYTES || recv(s, &more, 1, 0) != 0)
        fail("the server's receive");
    for (i = 0; i < size / 2; i++) {
        char kept = all[i];
        all[i] = all[size - 1 - i];
        all[size - 1 - i] = kept;
    }
    if (send(s, all, size, 0) != size)
        fail("the server's send");
    closesocket(s);
    free(all);
    return 0;
}

static DWORD WINAPI serve_all(void *socket)
{
    SOCKET s = (SOCKET)socket;
    HANDLE threads[CLIENTS];
    int i;
    for (i = 0; i < CLIENTS; i++) {
        SOCKET one = accept(s, NULL, NULL);
        if (one == INVALID_SOCKET)
            die("the server's accept");
        threads[i] = CreateThread(NULL, 0, serve, (void *)one, 0, NULL);
    }
    WaitForMultipleObjects(CLIENTS, threads, TRUE, INFINITE);
    return 0;
}

static DWORD WINAPI client(void *number)
{
    unsigned seed = (unsigned)(UINT_PTR)number * 2654435761u + 1;
    char *sent = (char *)malloc(BYTES), *got = (char *)malloc(BYTES), more;
    SOCKET s = connected(&relay_name);
    int i, wrong = 0;
    for (i = 0; i < BYTES; i++) {
        seed = seed * 1664525u + 1013904223u;
        sent[i] = (char)(seed >> 24);
    }
    if (send(s, sent, BYTES, 0) != BYTES || shutdown(s, SD_SEND) != 0)
        fail("the client's send");
    if (receive_all(s, got, BYTES) != BYTES || recv(s, &more, 1, 0) != 0)
        fail("the client's receive");
    for (i = 0; i < BYTES; i++)
        wrong += got[i] != sent[BYTES - 1 - i];
    closesocket(s);
    free(sent);
    free(got);
    return wrong == 0;
}

int main(void)
{
    GUID id = WSAID_CONNECTEX;
    HANDLE clients[CLIENTS], workers[WORKERS], server;
    SOCKET backend;
    DWORD bytes;
    int i, right = 0;
    startup();
    listener = listening(&relay_name);
    backend = listening(&server_name);
    all_ended = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof(id), &connect_ex, sizeof(connect_ex), &bytes, NULL, NULL) != 0)
        die("SIO_GET_EXTENSION_FUNCTION_POINTER");
    port = CreateIoCompletionPort((HANDLE)listener, NULL, 0, 2);
    for (i = 0; i < 4; i++)
        post_accept();
    for (i = 0; i < WORKERS; i++)
        workers[i] = CreateThread(NULL, 0, worker, NULL, 0, NULL);
    server = CreateThread(NULL, 0, serve_all, (void *)backend, 0, NULL);
    for (i = 0; i < CLIENTS; i++)
        clients[i] = CreateThread(NULL, 0, client, (void *)(UINT_PTR)(i + 1), 0, NULL);
    WaitForMultipleObjects(CLIENTS, clients, TRUE, INFINITE);
    for (i = 0; i < CLIENTS; i++) {
        DWORD one = 0;
        GetExitCodeThread(clients[i], &one);
        right += one == 1;
    }
    say_wait("the server has seen all", WaitForSingleObject(server, 20000));
    say_wait("the relay has closed all", WaitForSingleObject(all_ended, 20000));
    printf("%d clients of %d are served, %ld bytes relayed, %ld failures\n", right, CLIENTS, (long)relayed, (long)failures);
    /* The accepts that still wait end with the listener; each gives one packet. */
    say_socket("closesocket", closesocket(listener));
    for (i = 0; i < WORKERS; i++)
        PostQueuedCompletionStatus(port, 0, 0, NULL);
    say_wait("the workers end", WaitForMultipleObjects(WORKERS, workers, TRUE, 20000));
    closesocket(backend);
    say_socket("WSACleanup", WSACleanup());
    return 0;
}
