/* A file server by TransmitFile: head, file and tail; parts of the file; with and without OVERLAPPED; disconnecting
 * (contract 08 section 6.4). */
#include "say_socket.h"

enum { FILE_SIZE = 300000 };

static HANDLE file;
static char *contents, report[100];

static DWORD WINAPI reader(void *argument)
{
    SOCKET s = *(SOCKET *)argument;
    char *in = (char *)malloc(FILE_SIZE + 100);
    int got = receive_all(s, in, FILE_SIZE + 100), i, sum = 0;
    for (i = 0; i < got; i++)
        sum = (sum * 31 + (unsigned char)in[i]) & 0xFFFFFF;
    sprintf(report, "the client got %d bytes, sum %06X, starting %.4s", got, (unsigned)sum, in);
    free(in);
    return 0;
}

static void serve(const char *what, DWORD bytes, DWORD offset, BOOL with_overlapped, BOOL around, DWORD flags)
{
    SOCKET client, server;
    TRANSMIT_FILE_BUFFERS buffers;
    OVERLAPPED overlapped;
    HANDLE thread;
    DWORD sent = 0, ignored = 0;
    BOOL ok;
    stream_pair(&client, &server);
    thread = CreateThread(NULL, 0, reader, &client, 0, NULL);
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.Offset = offset;
    overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    buffers.Head = (void *)"head";
    buffers.HeadLength = 4;
    buffers.Tail = (void *)"tail";
    buffers.TailLength = 4;
    ok = TransmitFile(server, file, bytes, 0, with_overlapped ? &overlapped : NULL, around ? &buffers : NULL, flags);
    if (with_overlapped) {
        printf("%s: %s\n", what, ok || GetLastError() == ERROR_IO_PENDING ? "under way or done" : "refused");
        say("  result", WSAGetOverlappedResult(server, &overlapped, &sent, TRUE, &ignored));
        printf("  %lu bytes sent\n", sent);
    } else {
        say(what, ok);
    }
    if (!(flags & TF_DISCONNECT))
        shutdown(server, SD_SEND);
    puts(WaitForSingleObject(thread, 8000) == WAIT_OBJECT_0 ? report : "the client is still waiting");
    CloseHandle(thread);
    CloseHandle(overlapped.hEvent);
    closesocket(client);
    closesocket(server);
}

int main(void)
{
    SOCKET client, server, lonely, datagram;
    struct sockaddr_in name;
    DWORD written, i;
    char data[8];
    startup();
    contents = (char *)malloc(FILE_SIZE);
    for (i = 0; i < FILE_SIZE; i++)
        contents[i] = (char)('A' + i % 26);
    file = CreateFileA("transmit.tmp", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    WriteFile(file, contents, FILE_SIZE, &written, NULL);

    serve("the whole file", 0, 0, TRUE, FALSE, 0);
    serve("with head and tail", 0, 0, TRUE, TRUE, 0);
    serve("1000 bytes from 5", 1000, 5, TRUE, FALSE, 0);
    SetFilePointer(file, 26, NULL, FILE_BEGIN);
    serve("without OVERLAPPED, from the pointer", 100, 0, FALSE, TRUE, 0);
    serve("with disconnection", 10, 0, TRUE, FALSE, TF_DISCONNECT);

    stream_pair(&client, &server);
    say("nothing at all", TransmitFile(server, NULL, 0, 0, NULL, NULL, 0));
    send(server, "after", 5, 0);
    printf("then: %d\n", receive_all(client, data, 5));
    closesocket(client);
    closesocket(server);
    lonely = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    say("not connected", TransmitFile(lonely, file, 0, 0, NULL, NULL, 0));
    datagram = bound(SOCK_DGRAM, &name);
    say("a datagram socket", TransmitFile(datagram, file, 0, 0, NULL, NULL, 0));
    say("not a socket", TransmitFile(INVALID_SOCKET, file, 0, 0, NULL, NULL, 0));
    closesocket(lonely);
    closesocket(datagram);
    CloseHandle(file);
    free(contents);
    return 0;
}
