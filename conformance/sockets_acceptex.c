/* A server with pre-posted AcceptEx on a port: with and without first data, the addresses, the context, silent connections
 * (contract 08 section 6.1). */
#include "say_socket.h"

enum { BLOCK = sizeof(struct sockaddr_in) + 16 };

typedef struct {
    OVERLAPPED overlapped;
    SOCKET accepting;
    char buffer[64 + 2 * BLOCK];
} Accept;

static HANDLE port;
static SOCKET listener;
static struct sockaddr_in name;
static LPFN_ACCEPTEX accept_ex;
static LPFN_GETACCEPTEXSOCKADDRS addresses;

static void post(Accept *a, DWORD data)
{
    DWORD bytes = 77;
    BOOL done;
    memset(a, 0, sizeof(*a));
    a->accepting = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    done = accept_ex(listener, a->accepting, a->buffer, data, BLOCK, BLOCK, &bytes, &a->overlapped);
    say(data ? "AcceptEx with data" : "AcceptEx without data", done);
}

static Accept *taken(const char *what, DWORD data)
{
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    OVERLAPPED *overlapped = NULL;
    BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 5000);
    Accept *a = overlapped ? CONTAINING_RECORD(overlapped, Accept, overlapped) : NULL;
    say(what, ok);
    printf("  key %lu, %lu bytes: %.*s\n", (unsigned long)key, bytes, (int)bytes, a && data ? a->buffer : "");
    return a;
}

static void describe(Accept *a, DWORD data, SOCKET client)
{
    struct sockaddr *local, *remote;
    struct sockaddr_in mine, peer;
    int local_size, remote_size, size = sizeof(mine);
    addresses(a->buffer, data, BLOCK, BLOCK, &local, &local_size, &remote, &remote_size);
    getsockname(client, (struct sockaddr *)&mine, &size);
    printf("  local: %d bytes, %s; remote: %d bytes, %s\n", local_size,
           ((struct sockaddr_in *)local)->sin_port == name.sin_port ? "the listener's port" : "another port", remote_size,
           ((struct sockaddr_in *)remote)->sin_port == mine.sin_port ? "the client's port" : "another port");
    size = sizeof(peer);
    say_socket("  context", setsockopt(a->accepting, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof(listener)));
    say_socket("  getpeername", getpeername(a->accepting, (struct sockaddr *)&peer, &size));
    printf("  peer: %s\n", peer.sin_port == mine.sin_port ? "the client" : "somebody else");
}

static int seconds_connected(SOCKET s)
{
    int seconds = -5, size = sizeof(seconds);
    if (getsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds, &size) != 0)
        die("SO_CONNECT_TIME");
    return seconds;
}

static void errors(void)
{
    static char buffer[200];
    static OVERLAPPED overlapped;
    DWORD bytes;
    SOCKET fresh = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    SOCKET other = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    SOCKET datagram = WSASocketW(AF_INET, SOCK_DGRAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    say("no OVERLAPPED", accept_ex(listener, fresh, buffer, 0, BLOCK, BLOCK, &bytes, NULL));
    say("a bad listener", accept_ex(INVALID_SOCKET, fresh, buffer, 0, BLOCK, BLOCK, &bytes, &overlapped));
    say("a bad socket", accept_ex(listener, INVALID_SOCKET, buffer, 0, BLOCK, BLOCK, &bytes, &overlapped));
    say("not listening", accept_ex(other, fresh, buffer, 0, BLOCK, BLOCK, &bytes, &overlapped));
    say("a datagram socket", accept_ex(datagram, fresh, buffer, 0, BLOCK, BLOCK, &bytes, &overlapped));
    say("no room for the remote address", accept_ex(listener, fresh, buffer, 0, BLOCK, 0, &bytes, &overlapped));
    closesocket(fresh);
    closesocket(other);
    closesocket(datagram);
}

int main(void)
{
    GUID accept_id = WSAID_ACCEPTEX, addresses_id = WSAID_GETACCEPTEXSOCKADDRS;
    static Accept plain, data, silent, pending;
    SOCKET first, second, third;
    Accept *a;
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped = NULL;
    startup();
    listener = listening(&name);
    accept_ex = (LPFN_ACCEPTEX)extension(listener, accept_id);
    addresses = (LPFN_GETACCEPTEXSOCKADDRS)extension(listener, addresses_id);
    port = CreateIoCompletionPort((HANDLE)listener, NULL, 5, 0);
    errors();

    post(&plain, 0);
    first = connected(&name);
    a = taken("a connection", 0);
    describe(a, 0, first);

    post(&data, 64);
    second = connected(&name);
    say("nothing before the first data", GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 200));
    printf("connected since %d\n", seconds_connected(data.accepting));
    send(second, "first", 5, 0);
    a = taken("with data", 64);
    describe(a, 64, second);

    post(&silent, 64);
    third = connected(&name);
    closesocket(third);
    taken("closed without a word", 64);

    post(&pending, 0);
    printf("not connected: %d\n", seconds_connected(pending.accepting));
    say_socket("connect while it is pending", connect(pending.accepting, (struct sockaddr *)&name, sizeof(name)));
    closesocket(pending.accepting);
    taken("its socket is closed", 0);
    closesocket(first);
    closesocket(second);
    closesocket(listener);
    return 0;
}
