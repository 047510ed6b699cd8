/* A file server on a port that keeps its sockets: AcceptEx, one request of HTTP, TransmitFile with head and tail, and the same socket again
   (contract 08 sections 6.1 and 6.4). */
#include "say_socket.h"

#define SOCKETS 3
#define REQUESTS 40
#define WORKERS 2
#define BODY 70001

enum what { ACCEPTED, MORE, SENT };

struct connection {
    OVERLAPPED overlapped;
    enum what what;
    SOCKET socket;
    DWORD got;
    char data[1024 + 2 * (sizeof(struct sockaddr_in) + 16)];
    char head[128];
    TRANSMIT_FILE_BUFFERS around;
    unsigned served;
};

static HANDLE port, file;
static SOCKET listener;
static struct sockaddr_in name;
static volatile LONG answered, again, failures;
static struct connection connections[SOCKETS];

static void fail(const char *what)
{
    int code = WSAGetLastError();
    if (InterlockedIncrement(&failures) < 5)
        printf("%s: %d\n", what, code);
}

static void await_client(struct connection *c)
{
    DWORD bytes;
    memset(&c->overlapped, 0, sizeof(c->overlapped));
    c->what = ACCEPTED;
    c->got = 0;
    if (!AcceptEx(listener, c->socket, c->data, 1024, sizeof(struct sockaddr_in) + 16, sizeof(struct sockaddr_in) + 16, &bytes,
                  &c->overlapped) && WSAGetLastError() != WSA_IO_PENDING)
        fail("AcceptEx");
}

static void answer(struct connection *c)
{
    unsigned from, len;
    char *end = c->data;
    c->data[c->got < 1023 ? c->got : 1023] = 0;
    if (strstr(end, "\r\n\r\n") == NULL) {
        DWORD flags = 0;
        WSABUF rest;
        rest.buf = c->data + c->got;
        rest.len = 1023 - c->got;
        memset(&c->overlapped, 0, sizeof(c->overlapped));
        c->what = MORE;
        if (WSARecv(c->socket, &rest, 1, NULL, &flags, &c->overlapped, NULL) != 0 && WSAGetLastError() != WSA_IO_PENDING)
            fail("WSARecv");
        return;
    }
    if (sscanf(c->data, "GET /%u-%u", &from, &len) != 2)
        fail("the request");
    memset(&c->overlapped, 0, sizeof(c->overlapped));
    c->overlapped.Offset = from;
    c->around.Head = c->head;
    c->around.HeadLength = (DWORD)sprintf(c->head, "HTTP/1.0 200 OK\r\nContent-Length: %u\r\n\r\n", len + 4);
    c->around.Tail = (void *)"end\n";
    c->around.TailLength = 4;
    c->what = SENT;
    if (!TransmitFile(c->socket, file, len, 0, &c->overlapped, &c->around, TF_DISCONNECT | TF_REUSE_SOCKET) &&
        WSAGetLastError() != WSA_IO_PENDING)
        fail("TransmitFile");
}

static DWORD WINAPI worker(void *unused)
{
    (void)unused;
    for (;;) {
        DWORD bytes = 0;
        ULONG_PTR key;
        OVERLAPPED *done = NULL;
        BOOL good = GetQueuedCompletionStatus(port, &bytes, &key, &done, INFINITE);
        struct connection *c = (struct connection *)done;
        if (done == NULL)
            return 0;
        if (!good) {
            if (GetLastError() != ERROR_OPERATION_ABORTED)
                fail("a request");
        } else if (c->what == SENT) {
            InterlockedIncrement(&answered);
            if (c->served++ > 0)
                InterlockedIncrement(&again);
            await_client(c);
        } else {
            if (c->what == ACCEPTED && setsockopt(c->socket, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof(listener)) != 0)
                fail("SO_UPDATE_ACCEPT_CONTEXT");
            if (c->what == ACCEPTED && c->served == 0)
                CreateIoCompletionPort((HANDLE)c->socket, port, 2, 0);
            c->got += bytes;
            answer(c);
        }
    }
}

static DWORD WINAPI ask(void *number)
{
    unsigned i = (unsigned)(UINT_PTR)number, from = i * 977 % 30000, len = 1 + i * 1777 % 40000, k;
    char request[100], *got = (char *)malloc(BODY + 1000), *body;
    SOCKET s = connected(&name);
    int size, half, right = 0, half2;
    size = sprintf(request, "GET /%u-%u HTTP/1.0\r\n\r\n", from, len);
    half = i % 3 == 0 ? size / 2 : size;
    half2 = size - half;
    if (send(s, request, half, 0) != half)
        fail("send");
    if (half2 > 0) {
        Sleep(20);
        if (send(s, request + half, half2, 0) != half2)
            fail("send");
    }
    size = receive_all(s, got, BODY + 999);
    got[size < 0 ? 0 : size] = 0;
    body = strstr(got, "\r\n\r\n");
    if (body != NULL && size == (int)(body + 4 - got + len + 4)) {
        right = memcmp(body + 4 + len, "end\n", 4) == 0;
        for (k = 0; k < len; k++)
            right &= (unsigned char)body[4 + k] == (unsigned char)((from + k) * 31 >> 3);
    }
    closesocket(s);
    free(got);
    return right;
}

int main(void)
{
    static char content[BODY];
    WCHAR directory[MAX_PATH], path[MAX_PATH];
    HANDLE workers[WORKERS], clients[4];
    DWORD written;
    int i, k, right = 0;
    startup();
    for (i = 0; i < BODY; i++)
        content[i] = (char)((unsigned)i * 31 >> 3);
    GetTempPathW(MAX_PATH, directory);
    GetTempFileNameW(directory, L"srv", 0, path);
    file = CreateFileW(path, GENERIC_READ | GENERIC_WRITE | DELETE, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, CREATE_ALWAYS,
                       FILE_FLAG_OVERLAPPED | FILE_FLAG_DELETE_ON_CLOSE, NULL);
    {
        OVERLAPPED o;
        memset(&o, 0, sizeof(o));
        if (!WriteFile(file, content, BODY, NULL, &o) && GetLastError() != ERROR_IO_PENDING)
            fail("WriteFile");
        say("the file is written", GetOverlappedResult(file, &o, &written, TRUE) && written == BODY);
    }
    listener = listening(&name);
    port = CreateIoCompletionPort((HANDLE)listener, NULL, 1, 0);
    for (i = 0; i < SOCKETS; i++) {
        connections[i].socket = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
        await_client(&connections[i]);
    }
    for (i = 0; i < WORKERS; i++)
        workers[i] = CreateThread(NULL, 0, worker, NULL, 0, NULL);
    for (i = 0; i < REQUESTS; i += 4) {
        for (k = 0; k < 4; k++)
            clients[k] = CreateThread(NULL, 0, ask, (void *)(UINT_PTR)(i + k), 0, NULL);
        if (WaitForMultipleObjects(4, clients, TRUE, 15000) == WAIT_TIMEOUT) {
            printf("clients %d to %d wait\n", i, i + 3);
            exit(1);
        }
        for (k = 0; k < 4; k++) {
            DWORD one = 0;
            GetExitCodeThread(clients[k], &one);
            right += (int)one;
            CloseHandle(clients[k]);
        }
    }
    /* The last completions may still be on their way. */
    for (i = 0; i < 200 && answered < REQUESTS; i++)
        Sleep(10);
    printf("%d of %d answers are right, %ld sent, %ld by a socket used before, %ld failures\n", right, REQUESTS, (long)answered,
           (long)again, (long)failures);
    closesocket(listener);
    for (i = 0; i < WORKERS; i++)
        PostQueuedCompletionStatus(port, 0, 0, NULL);
    say_wait("the workers end", WaitForMultipleObjects(WORKERS, workers, TRUE, 20000));
    for (i = 0; i < SOCKETS; i++)
        closesocket(connections[i].socket);
    CloseHandle(file);
    say_socket("WSACleanup", WSACleanup());
    return 0;
}
