/* One thread serves many connections by WSAEventSelect, WSAWaitForMultipleEvents and WSAEnumNetworkEvents; and what is recorded
 * when (contract 08 sections 7.3 and 7.4). */
#include "say_socket.h"

enum { CLIENTS = 3, TOTAL = 20000 };

static DWORD WINAPI client(void *argument)
{
    SOCKET s = connected((struct sockaddr_in *)argument);
    static char out[CLIENTS][TOTAL];
    char *in = (char *)malloc(TOTAL), *mine = out[0];
    int bad = 0, i;
    for (i = 0; i < TOTAL; i++)
        mine[i] = (char)(i % 251);
    if (send(s, mine, TOTAL, 0) != TOTAL)
        bad++;
    if (receive_all(s, in, TOTAL) != TOTAL || memcmp(in, mine, TOTAL) != 0)
        bad++;
    closesocket(s);
    free(in);
    return (DWORD)bad;
}

static void serve(SOCKET listener)
{
    WSAEVENT events[CLIENTS + 1];
    SOCKET sockets[CLIENTS + 1];
    char buffer[4096];
    int count = 1, closed = 0, accepted = 0, errors = 0, i;
    long echoed = 0;
    sockets[0] = listener;
    events[0] = WSACreateEvent();
    say_socket("select the listener", WSAEventSelect(listener, events[0], FD_ACCEPT | FD_CLOSE));
    while (closed < CLIENTS) {
        WSANETWORKEVENTS found;
        DWORD waited = WSAWaitForMultipleEvents((DWORD)count, events, FALSE, 10000, FALSE);
        if (waited >= (DWORD)count) {
            say_wait("the server waits", waited);
            return;
        }
        i = (int)waited;
        if (WSAEnumNetworkEvents(sockets[i], events[i], &found) != 0)
            die("WSAEnumNetworkEvents");
        if (found.lNetworkEvents & FD_ACCEPT) {
            SOCKET s = accept(listener, NULL, NULL);
            errors += found.iErrorCode[FD_ACCEPT_BIT];
            sockets[count] = s;
            events[count] = WSACreateEvent();
            WSAEventSelect(s, events[count], FD_READ | FD_WRITE | FD_CLOSE);
            count++;
            accepted++;
        }
        if (found.lNetworkEvents & FD_READ) {
            int got = recv(sockets[i], buffer, sizeof(buffer), 0), sent = 0;
            errors += found.iErrorCode[FD_READ_BIT];
            while (got > 0 && sent < got) {
                int part = send(sockets[i], buffer + sent, got - sent, 0);
                if (part > 0) {
                    sent += part;
                } else if (WSAGetLastError() == WSAEWOULDBLOCK) {
                    Sleep(1);
                } else {
                    die("send");
                }
            }
            if (got > 0)
                echoed += got;
        }
        if (found.lNetworkEvents & FD_CLOSE) {
            errors += found.iErrorCode[FD_CLOSE_BIT];
            closed++;
            closesocket(sockets[i]);
            WSACloseEvent(events[i]);
            sockets[i] = sockets[count - 1];
            events[i] = events[count - 1];
            count--;
        }
    }
    printf("accepted %d, echoed %ld, closed %d, error codes %d\n", accepted, echoed, closed, errors);
}

static void show(const char *what, SOCKET s, WSAEVENT event)
{
    WSANETWORKEVENTS found;
    DWORD waited = WSAWaitForMultipleEvents(1, &event, FALSE, 2000, FALSE);
    memset(&found, 0xCC, sizeof(found));
    if (WSAEnumNetworkEvents(s, event, &found) != 0)
        die("WSAEnumNetworkEvents");
    printf("%s: %s, events %lX\n", what, waited == WSA_WAIT_EVENT_0 ? "signalled" : "not signalled", (unsigned long)found.lNetworkEvents);
}

static void quiet(const char *what, SOCKET s, WSAEVENT event)
{
    WSANETWORKEVENTS found;
    DWORD waited = WSAWaitForMultipleEvents(1, &event, FALSE, 100, FALSE);
    if (WSAEnumNetworkEvents(s, event, &found) != 0)
        die("WSAEnumNetworkEvents");
    printf("%s: %s, events %lX\n", what, waited == WSA_WAIT_EVENT_0 ? "signalled" : "not signalled", (unsigned long)found.lNetworkEvents);
}

static void recording(void)
{
    SOCKET a, b;
    WSAEVENT event = WSACreateEvent();
    char buffer[16];
    u_long zero = 0;
    stream_pair(&a, &b);
    say_socket("select", WSAEventSelect(a, event, FD_READ | FD_WRITE | FD_CLOSE));
    show("at once", a, event);
    quiet("no more", a, event);
    say_socket("nothing to receive", recv(a, buffer, sizeof(buffer), 0));
    say_socket("blocking again", ioctlsocket(a, FIONBIO, &zero));
    send(b, "12345678", 8, 0);
    show("data", a, event);
    send(b, "9", 1, 0);
    quiet("more data, nothing received", a, event);
    say_socket("receive some", recv(a, buffer, 4, 0));
    show("some is left", a, event);
    say_socket("receive all", recv(a, buffer, sizeof(buffer), 0));
    quiet("nothing is left", a, event);
    shutdown(b, SD_SEND);
    show("the peer has closed", a, event);
    say_socket("deselect", WSAEventSelect(a, event, 0));
    say_socket("blocking", ioctlsocket(a, FIONBIO, &zero));
    closesocket(a);
    closesocket(b);
    WSACloseEvent(event);
}

static void connecting(void)
{
    struct sockaddr_in name;
    SOCKET listener = listening(&name), s = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED), nobody;
    WSAEVENT event = WSACreateEvent();
    WSANETWORKEVENTS found;
    WSAEventSelect(s, event, FD_CONNECT);
    say_socket("connect", connect(s, (struct sockaddr *)&name, sizeof(name)));
    show("connected", s, event);
    closesocket(s);
    closesocket(listener);
    nobody = bound(SOCK_STREAM, &name);
    s = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    WSAResetEvent(event);
    WSAEventSelect(s, event, FD_CONNECT);
    say_socket("connect to nobody", connect(s, (struct sockaddr *)&name, sizeof(name)));
    WSAWaitForMultipleEvents(1, &event, FALSE, 10000, FALSE);
    WSAEnumNetworkEvents(s, event, &found);
    printf("refused: events %lX, error %d\n", (unsigned long)found.lNetworkEvents, found.iErrorCode[FD_CONNECT_BIT]);
    closesocket(s);
    closesocket(nobody);
    WSACloseEvent(event);
}

int main(void)
{
    struct sockaddr_in name;
    SOCKET listener;
    HANDLE clients[CLIENTS];
    DWORD code;
    int i;
    startup();
    listener = listening(&name);
    for (i = 0; i < CLIENTS; i++)
        clients[i] = CreateThread(NULL, 0, client, &name, 0, NULL);
    serve(listener);
    say_wait("the clients end", WaitForMultipleObjects(CLIENTS, clients, TRUE, 20000));
    for (i = 0; i < CLIENTS; i++) {
        GetExitCodeThread(clients[i], &code);
        printf("client: %lu\n", code);
    }
    closesocket(listener);
    recording();
    connecting();
    return 0;
}
