/* SO_SNDBUF 0, where a send is complete when it is acknowledged, and receives of urgent data (contract 08 sections 4 and 10). */
#include "say_socket.h"

#define PART 30000

static char out[PART], in[3 * PART];
static SOCKET client, server;

/* Two ends, of which the server takes few bytes before it reads. */
static void narrow_pair(void)
{
    struct sockaddr_in name;
    SOCKET listener = bound(SOCK_STREAM, &name);
    int room = 4096;
    setsockopt(listener, SOL_SOCKET, SO_RCVBUF, (char *)&room, sizeof(room));
    if (listen(listener, 1) != 0)
        die("listen");
    client = connected(&name);
    server = accept(listener, NULL, NULL);
    closesocket(listener);
}

static void start_send(const char *what, OVERLAPPED *o)
{
    WSABUF buffer;
    buffer.buf = out;
    buffer.len = PART;
    ResetEvent(o->hEvent);
    say_socket(what, WSASend(client, &buffer, 1, NULL, 0, o, NULL));
}

static void say_result(const char *what, SOCKET s, OVERLAPPED *o)
{
    DWORD bytes = 0, flags = 0;
    say_wait(what, WaitForSingleObject(o->hEvent, 10000));
    say("the result", WSAGetOverlappedResult(s, o, &bytes, FALSE, &flags));
    printf("%lu bytes\n", (unsigned long)bytes);
}

static DWORD WINAPI blocking_send(void *unused)
{
    (void)unused;
    return send(client, out, PART, 0) == PART;
}

static int start_urgent(OVERLAPPED *o, char *to)
{
    DWORD flags = MSG_OOB;
    WSABUF buffer;
    buffer.buf = to;
    buffer.len = 1;
    ResetEvent(o->hEvent);
    return WSARecv(server, &buffer, 1, NULL, &flags, o, NULL);
}

int main(void)
{
    OVERLAPPED first, second;
    HANDLE thread;
    DWORD flags = 0, done = 0;
    int none = 0, size = sizeof(none);
    u_long yes = 1;
    char byte = 0, data[8];
    startup();
    memset(&first, 0, sizeof(first));
    memset(&second, 0, sizeof(second));
    first.hEvent = WSACreateEvent();
    second.hEvent = WSACreateEvent();

    narrow_pair();
    say_socket("no buffer", setsockopt(client, SOL_SOCKET, SO_SNDBUF, (char *)&none, sizeof(none)));
    none = 7;
    getsockopt(client, SOL_SOCKET, SO_SNDBUF, (char *)&none, &size);
    printf("SO_SNDBUF is %d\n", none);
    start_send("a send that nobody reads", &first);
    start_send("another", &second);
    say_wait("not acknowledged", WaitForSingleObject(first.hEvent, 200));
    printf("read: %d\n", receive_all(server, in, 2 * PART));
    say_result("now it is", client, &first);
    say_result("and the other", client, &second);
    thread = CreateThread(NULL, 0, blocking_send, NULL, 0, NULL);
    say_wait("a blocking send", WaitForSingleObject(thread, 200));
    printf("read: %d\n", receive_all(server, in, PART));
    say_wait("and it returns", WaitForSingleObject(thread, 10000));
    start_send("one that is cancelled", &first);
    say("CancelIoEx", CancelIoEx((HANDLE)client, &first));
    say_wait("it ends", WaitForSingleObject(first.hEvent, 10000));
    say("with", WSAGetOverlappedResult(client, &first, &done, FALSE, &flags));
    start_send("one whose socket is closed", &first);
    closesocket(client);
    say_wait("it ends", WaitForSingleObject(first.hEvent, 10000));
    closesocket(server);

    stream_pair(&client, &server);
    say_socket("urgent data", start_urgent(&first, &byte));
    say_wait("there is none", WaitForSingleObject(first.hEvent, 50));
    send(client, "!", 1, MSG_OOB);
    say_result("the urgent", server, &first);
    printf("it is %c\n", byte);
    ioctlsocket(server, FIONBIO, &yes);
    say_socket("no more", recv(server, data, 1, MSG_OOB));
    say_socket("urgent data again", start_urgent(&first, &byte));
    closesocket(client);
    say_result("the peer has closed", server, &first);
    closesocket(server);
    return 0;
}
