/* Datagrams: connected and not, cut ones, overlapped, on a port, with packet information, and a port that nobody listens to
 * (contract 08 sections 3, 4 and 6.5). */
#include "say_socket.h"
#include <mstcpip.h>

static struct sockaddr_in name, sender_name;
static SOCKET receiver, sender;

static void tell(const char *text)
{
    if (sendto(sender, text, (int)strlen(text), 0, (struct sockaddr *)&name, sizeof(name)) != (int)strlen(text))
        die("sendto");
    Sleep(20);
}

static const char *from_sender(const struct sockaddr_in *from, int size)
{
    return size == (int)sizeof(*from) && from->sin_port == sender_name.sin_port && from->sin_addr.s_addr == htonl(INADDR_LOOPBACK) ? "from the sender" : "from somewhere else";
}

static void plain(void)
{
    struct sockaddr_in from;
    char data[64];
    int size = sizeof(from), got;
    u_long waiting = 0;
    tell("hello");
    ioctlsocket(receiver, FIONREAD, &waiting);
    printf("waiting: %lu\n", (unsigned long)waiting);
    got = recvfrom(receiver, data, sizeof(data), MSG_PEEK, (struct sockaddr *)&from, &size);
    printf("peeked %d\n", got);
    got = recvfrom(receiver, data, sizeof(data), 0, (struct sockaddr *)&from, &size);
    printf("received %d: %.*s, %s\n", got, got, data, from_sender(&from, size));
    tell("a long one");
    memset(data, '.', sizeof(data));
    got = recvfrom(receiver, data, 4, 0, (struct sockaddr *)&from, &size);
    say_socket("cut", got);
    printf("the buffer: %.6s\n", data);
    tell("next");
    got = recv(receiver, data, sizeof(data), 0);
    printf("the rest is lost: %.*s\n", got, data);
    tell("");
    say_socket("an empty one", recv(receiver, data, sizeof(data), 0));
}

static void overlapped(void)
{
    struct sockaddr_in from;
    OVERLAPPED o;
    char data[64];
    WSABUF buffers[2];
    DWORD bytes = 77, flags = 0;
    int size = sizeof(from);
    buffers[0].buf = data;
    buffers[0].len = 3;
    buffers[1].buf = data + 32;
    buffers[1].len = 32;
    memset(&o, 0, sizeof(o));
    o.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    say_socket("WSARecvFrom", WSARecvFrom(receiver, buffers, 2, &bytes, &flags, (struct sockaddr *)&from, &size, &o, NULL));
    printf("bytes untouched: %lu\n", bytes);
    tell("scattered");
    say("result", WSAGetOverlappedResult(receiver, &o, &bytes, TRUE, &flags));
    printf("%lu bytes: %.3s %.6s, flags %lX, %s\n", bytes, data, data + 32, flags, from_sender(&from, size));
    ResetEvent(o.hEvent);
    say_socket("WSARecvFrom", WSARecvFrom(receiver, buffers, 1, NULL, &flags, (struct sockaddr *)&from, &size, &o, NULL));
    tell("too long");
    WaitForSingleObject(o.hEvent, 5000);
    say("cut, as Winsock says it", WSAGetOverlappedResult(receiver, &o, &bytes, FALSE, &flags));
    printf("%lu bytes, flags %lX, status %08lX\n", bytes, flags, (unsigned long)o.Internal);
    say("cut, as the kernel says it", GetOverlappedResult((HANDLE)receiver, &o, &bytes, FALSE));
    CloseHandle(o.hEvent);
}

static void messages(void)
{
    LPFN_WSARECVMSG receive_message;
    LPFN_WSASENDMSG send_message;
    GUID receive_id = WSAID_WSARECVMSG, send_id = WSAID_WSASENDMSG;
    struct sockaddr_in from;
    char data[64], control[128];
    WSABUF buffer;
    WSAMSG message;
    WSACMSGHDR *header;
    DWORD bytes = 0, yes = 1;
    receive_message = (LPFN_WSARECVMSG)extension(receiver, receive_id);
    send_message = (LPFN_WSASENDMSG)extension(sender, send_id);
    say_socket("IP_PKTINFO", setsockopt(receiver, IPPROTO_IP, IP_PKTINFO, (char *)&yes, sizeof(yes)));
    memset(&message, 0, sizeof(message));
    buffer.buf = (char *)"by message";
    buffer.len = 10;
    message.lpBuffers = &buffer;
    message.dwBufferCount = 1;
    message.name = (struct sockaddr *)&name;
    message.namelen = sizeof(name);
    say_socket("WSASendMsg", send_message(sender, &message, 0, &bytes, NULL, NULL));
    printf("%lu bytes\n", bytes);
    buffer.buf = data;
    buffer.len = sizeof(data);
    message.name = (struct sockaddr *)&from;
    message.namelen = sizeof(from);
    message.Control.buf = control;
    message.Control.len = sizeof(control);
    say_socket("WSARecvMsg", receive_message(receiver, &message, &bytes, NULL, NULL));
    printf("%lu bytes: %.*s, flags %lX, %s\n", bytes, (int)bytes, data, (unsigned long)message.dwFlags, from_sender(&from, message.namelen));
    for (header = WSA_CMSG_FIRSTHDR(&message); header != NULL; header = WSA_CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
            IN_PKTINFO *info = (IN_PKTINFO *)WSA_CMSG_DATA(header);
            printf("it was sent to %s, interface %s\n", inet_ntoa(info->ipi_addr), info->ipi_ifindex ? "known" : "unknown");
        }
    }
}

static void on_a_port(void)
{
    HANDLE port = CreateIoCompletionPort((HANDLE)receiver, NULL, 3, 0);
    struct sockaddr_in from;
    OVERLAPPED o, *done = NULL;
    char data[64];
    WSABUF buffer;
    DWORD bytes = 0, flags = 0;
    ULONG_PTR key = 0;
    int size = sizeof(from);
    buffer.buf = data;
    buffer.len = sizeof(data);
    memset(&o, 0, sizeof(o));
    say_socket("WSARecvFrom", WSARecvFrom(receiver, &buffer, 1, NULL, &flags, (struct sockaddr *)&from, &size, &o, NULL));
    tell("packet");
    say("the port", GetQueuedCompletionStatus(port, &bytes, &key, &done, 5000));
    printf("key %lu, %lu bytes, %s, %s\n", (unsigned long)key, bytes, done == &o ? "its OVERLAPPED" : "another", from_sender(&from, size));
    CloseHandle(port);
}

static void nobody_there(void)
{
    struct sockaddr_in nobody, mine;
    char data[8];
    DWORD limit = 2000;
    SOCKET gone = bound(SOCK_DGRAM, &nobody), s = bound(SOCK_DGRAM, &mine);
    closesocket(gone);
    say_socket("connect", connect(s, (struct sockaddr *)&nobody, sizeof(nobody)));
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (char *)&limit, sizeof(limit));
    say_socket("send", send(s, "x", 1, 0));
    Sleep(50);
    say_socket("port unreachable", recv(s, data, sizeof(data), 0));
    closesocket(s);
}

int main(void)
{
    startup();
    receiver = bound(SOCK_DGRAM, &name);
    sender = bound(SOCK_DGRAM, &sender_name);
    plain();
    overlapped();
    messages();
    on_a_port();
    nobody_there();
    say_socket("a stream has no messages", send(WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, 0), "x", 1, 0));
    closesocket(receiver);
    closesocket(sender);
    return 0;
}
