/* A server of one thread with completion routines: it accepts, and everything else happens in alertable waits (contract 08
 * section 4, 05 sections 2 to 4). */
#include "say_socket.h"

typedef struct {
    WSAOVERLAPPED overlapped;
    SOCKET socket;
    WSABUF buffer;
    char data[256];
    int received;
} Connection;

static int closed, echoed;
static DWORD thread;

static void CALLBACK sent(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags);

static void CALLBACK received(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    Connection *c = CONTAINING_RECORD(overlapped, Connection, overlapped);
    if (GetCurrentThreadId() != thread || flags != 0 || overlapped->hEvent != (HANDLE)0x1234)
        printf("a routine in the wrong place\n");
    if (error != 0 || bytes == 0) {
        printf("end of a connection: error %lu, %d bytes in all\n", error, c->received);
        closesocket(c->socket);
        closed++;
        return;
    }
    c->received += (int)bytes;
    c->buffer.len = bytes;
    if (WSASend(c->socket, &c->buffer, 1, NULL, 0, overlapped, sent) != 0 && WSAGetLastError() != WSA_IO_PENDING)
        die("WSASend");
}

static void receive(Connection *c)
{
    DWORD flags = 0;
    c->buffer.buf = c->data;
    c->buffer.len = sizeof(c->data);
    /* The routine is called whatever this answers, and hEvent is the program's own. */
    c->overlapped.hEvent = (HANDLE)0x1234;
    if (WSARecv(c->socket, &c->buffer, 1, NULL, &flags, &c->overlapped, received) != 0 && WSAGetLastError() != WSA_IO_PENDING)
        die("WSARecv");
}

static void CALLBACK sent(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    (void)flags;
    if (error != 0)
        die("a send");
    echoed += (int)bytes;
    receive(CONTAINING_RECORD(overlapped, Connection, overlapped));
}

static DWORD WINAPI client(void *argument)
{
    SOCKET s = connected((struct sockaddr_in *)argument);
    char out[100], in[100];
    int i, bad = 0;
    for (i = 0; i < 20; i++) {
        memset(out, 'a' + i, sizeof(out));
        if (send(s, out, sizeof(out), 0) != (int)sizeof(out) || receive_all(s, in, sizeof(in)) != (int)sizeof(in) || memcmp(in, out, sizeof(in)) != 0)
            bad++;
    }
    closesocket(s);
    return (DWORD)bad;
}

int main(void)
{
    struct sockaddr_in name;
    static Connection connections[3];
    HANDLE clients[3], port;
    SOCKET listener, a, b;
    DWORD code, bytes, flags = 0, waited, i;
    startup();
    thread = GetCurrentThreadId();
    listener = listening(&name);
    for (i = 0; i < 3; i++) {
        clients[i] = CreateThread(NULL, 0, client, &name, 0, NULL);
        connections[i].socket = accept(listener, NULL, NULL);
        receive(&connections[i]);
    }
    for (i = 0; i < 2000 && closed < 3; i++) {
        waited = SleepEx(5000, TRUE);
        if (waited != WAIT_IO_COMPLETION)
            printf("SleepEx: %lu\n", waited);
    }
    printf("closed %d, echoed %d bytes\n", closed, echoed);
    say_wait("the clients end", WaitForMultipleObjects(3, clients, TRUE, 20000));
    for (i = 0; i < 3; i++) {
        GetExitCodeThread(clients[i], &code);
        printf("client %lu: %lu bad rounds\n", i, code);
    }
    /* Cancelled: the routine hears of it. */
    stream_pair(&a, &b);
    memset(&connections[0], 0, sizeof(connections[0]));
    connections[0].socket = a;
    receive(&connections[0]);
    say("CancelIo", CancelIo((HANDLE)a));
    say_wait("then", SleepEx(5000, TRUE) == WAIT_IO_COMPLETION ? WAIT_IO_COMPLETION : WAIT_TIMEOUT);
    closesocket(b);
    /* On a port there are no routines. */
    stream_pair(&a, &b);
    port = CreateIoCompletionPort((HANDLE)a, NULL, 0, 0);
    connections[1].socket = a;
    connections[1].overlapped.hEvent = NULL;
    say_socket("on a port", WSARecv(a, &connections[1].buffer, 1, &bytes, &flags, &connections[1].overlapped, received));
    closesocket(a);
    closesocket(b);
    closesocket(listener);
    CloseHandle(port);
    return 0;
}
