/* Receives without room: of a stream they wait and leave the data, of datagrams each takes one and loses it. Contract 08 sections 3 and
   4. */
#include "say_socket.h"

static void say_unread(SOCKET s)
{
    u_long unread = 77;
    ioctlsocket(s, FIONREAD, &unread);
    printf("unread: %lu\n", unread);
}

/* An overlapped receive without room, which `text` of the other side ends. */
static void pending(SOCKET s, SOCKET from, const char *text)
{
    WSABUF none = {0, NULL};
    DWORD flags = 0, bytes = 77;
    OVERLAPPED overlapped;
    BOOL ok;
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.hEvent = WSACreateEvent();
    say_socket("WSARecv", WSARecv(s, &none, 1, NULL, &flags, &overlapped, NULL));
    send(from, text, (int)strlen(text), 0);
    say_wait("it ends", WaitForSingleObject(overlapped.hEvent, 30000));
    ok = WSAGetOverlappedResult(s, &overlapped, &bytes, FALSE, &flags);
    say("its result", ok);
    printf("%lu bytes\n", bytes);
    WSACloseEvent(overlapped.hEvent);
}

int main(void)
{
    struct sockaddr_in name;
    SOCKET client, server, receiver, sender;
    char room[8];
    startup();

    stream_pair(&client, &server);
    printf("a stream\n");
    pending(server, client, "data");
    say_unread(server);
    say_socket("recv", recv(server, room, 0, 0));
    say_socket("recv of all", recv(server, room, sizeof(room), 0));

    receiver = bound(SOCK_DGRAM, &name);
    sender = socket(AF_INET, SOCK_DGRAM, 0);
    connect(sender, (struct sockaddr *)&name, sizeof(name));
    printf("datagrams\n");
    pending(receiver, sender, "first");
    say_unread(receiver);
    pending(receiver, sender, "");
    send(sender, "one", 3, 0);
    send(sender, "", 0, 0);
    send(sender, "two", 3, 0);
    say_socket("recv", recv(receiver, room, 0, 0));
    say_socket("recv of an empty one", recv(receiver, room, 0, 0));
    say_socket("a look", recv(receiver, room, 0, MSG_PEEK));
    say_socket("recv of the last", recv(receiver, room, sizeof(room), 0));
    say_unread(receiver);

    closesocket(sender);
    closesocket(receiver);
    closesocket(server);
    closesocket(client);
    WSACleanup();
    return 0;
}
