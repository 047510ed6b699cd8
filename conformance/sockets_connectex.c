/* ConnectEx with data, its errors, its context, and what a refusal looks like through the port; DisconnectEx with reuse
 * (contract 08 sections 6.2, 6.3 and 5). */
#include "say_socket.h"

static HANDLE port;
static LPFN_CONNECTEX connect_ex;
static LPFN_DISCONNECTEX disconnect_ex;

static SOCKET bound_client(void)
{
    struct sockaddr_in any;
    SOCKET s = bound(SOCK_STREAM, &any);
    CreateIoCompletionPort((HANDLE)s, port, 9, 0);
    return s;
}

static void await(const char *what, OVERLAPPED *expected)
{
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    OVERLAPPED *overlapped = NULL;
    BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 5000);
    say(what, ok);
    printf("  key %lu, %lu bytes, %s OVERLAPPED\n", (unsigned long)key, bytes, overlapped == expected ? "its" : "another");
}

int main(void)
{
    GUID connect_id = WSAID_CONNECTEX, disconnect_id = WSAID_DISCONNECTEX;
    struct sockaddr_in name, nobody, peer;
    OVERLAPPED overlapped;
    DWORD bytes, flags;
    char data[16] = "";
    int size;
    SOCKET listener, client, server, other;
    BOOL done;
    startup();
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    listener = listening(&name);
    connect_ex = (LPFN_CONNECTEX)extension(listener, connect_id);
    disconnect_ex = (LPFN_DISCONNECTEX)extension(listener, disconnect_id);

    memset(&overlapped, 0, sizeof(overlapped));
    other = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    say("not bound", connect_ex(other, (struct sockaddr *)&name, sizeof(name), NULL, 0, &bytes, &overlapped));
    closesocket(other);
    client = bound_client();
    say("no OVERLAPPED", connect_ex(client, (struct sockaddr *)&name, sizeof(name), NULL, 0, &bytes, NULL));

    done = connect_ex(client, (struct sockaddr *)&name, sizeof(name), (void *)"hello", 5, &bytes, &overlapped);
    printf("with data: %s\n", done || GetLastError() == ERROR_IO_PENDING ? "under way or done" : "refused");
    await("it is done", &overlapped);
    say_socket("context", setsockopt(client, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0));
    size = sizeof(peer);
    say_socket("getpeername", getpeername(client, (struct sockaddr *)&peer, &size));
    printf("the peer is %s\n", peer.sin_port == name.sin_port ? "the listener" : "somebody else");
    server = accept(listener, NULL, NULL);
    printf("the server got %d: %.5s\n", receive_all(server, data, 5), data);
    memset(&overlapped, 0, sizeof(overlapped));
    say("again", connect_ex(client, (struct sockaddr *)&name, sizeof(name), NULL, 0, &bytes, &overlapped));

    memset(&overlapped, 0, sizeof(overlapped));
    done = disconnect_ex(client, &overlapped, TF_REUSE_SOCKET, 0);
    printf("DisconnectEx: %s\n", done || GetLastError() == ERROR_IO_PENDING ? "under way or done" : "refused");
    closesocket(server);
    await("it is done", &overlapped);
    closesocket(client);

    other = bound(SOCK_STREAM, &nobody);
    client = bound_client();
    memset(&overlapped, 0, sizeof(overlapped));
    done = connect_ex(client, (struct sockaddr *)&nobody, sizeof(nobody), NULL, 0, &bytes, &overlapped);
    printf("to a port without a listener: %s\n", done || GetLastError() == ERROR_IO_PENDING ? "under way or done" : "refused");
    await("refused", &overlapped);
    printf("status %08lX\n", (unsigned long)overlapped.Internal);
    flags = 0;
    say("as Winsock says it", WSAGetOverlappedResult(client, &overlapped, &bytes, FALSE, &flags));
    say("as the kernel says it", GetOverlappedResult((HANDLE)client, &overlapped, &bytes, FALSE));
    say_socket("connect says", connect(WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED),
                                       (struct sockaddr *)&nobody, sizeof(nobody)));
    closesocket(client);
    closesocket(other);
    closesocket(listener);
    return 0;
}
