/* A SOCKET is a HANDLE: ReadFile, WriteFile, waits, GetOverlappedResult; zero bytes, several buffers, order, flags; duplicates
 * (contract 08 sections 1, 2 and 4). */
#include "say_socket.h"

static SOCKET a, b;

static void files(void)
{
    OVERLAPPED overlapped;
    char data[32];
    DWORD bytes = 77;
    printf("GetFileType: %lu\n", GetFileType((HANDLE)a));
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.Offset = 12345;
    say("ReadFile", ReadFile((HANDLE)a, data, sizeof(data), NULL, &overlapped));
    say_wait("the socket is not signalled", WaitForSingleObject((HANDLE)a, 0));
    memset(data, 0, sizeof(data));
    {
        OVERLAPPED writing;
        memset(&writing, 0, sizeof(writing));
        writing.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
        if (!WriteFile((HANDLE)b, "written", 7, NULL, &writing) && GetLastError() != ERROR_IO_PENDING)
            die("WriteFile");
        say("GetOverlappedResult of the write", GetOverlappedResult((HANDLE)b, &writing, &bytes, TRUE));
        CloseHandle(writing.hEvent);
    }
    say_wait("the socket is signalled", WaitForSingleObject((HANDLE)a, 5000));
    say("GetOverlappedResult of the read", GetOverlappedResult((HANDLE)a, &overlapped, &bytes, FALSE));
    printf("%lu bytes: %s\n", bytes, data);
}

static void order(void)
{
    OVERLAPPED overlapped[3];
    char data[3][4];
    WSABUF buffer;
    DWORD bytes, flags, i;
    memset(overlapped, 0, sizeof(overlapped));
    for (i = 0; i < 3; i++) {
        overlapped[i].hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
        buffer.buf = data[i];
        buffer.len = 4;
        flags = 0;
        say_socket("WSARecv", WSARecv(a, &buffer, 1, NULL, &flags, &overlapped[i], NULL));
    }
    send(b, "abcdefghij", 10, 0);
    for (i = 0; i < 3; i++) {
        if (!WSAGetOverlappedResult(a, &overlapped[i], &bytes, TRUE, &flags))
            die("WSAGetOverlappedResult");
        printf("receive %lu: %.*s\n", i, (int)bytes, data[i]);
        CloseHandle(overlapped[i].hEvent);
    }
}

static void buffers(void)
{
    char data[32] = "";
    WSABUF out[3], in[2];
    DWORD bytes = 0, flags = 0;
    OVERLAPPED overlapped;
    out[0].buf = (char *)"one ";
    out[0].len = 4;
    out[1].buf = (char *)"";
    out[1].len = 0;
    out[2].buf = (char *)"two";
    out[2].len = 3;
    say_socket("gather", WSASend(b, out, 3, &bytes, 0, NULL, NULL));
    printf("%lu bytes\n", bytes);
    Sleep(20);
    in[0].buf = data;
    in[0].len = 4;
    in[1].buf = data + 16;
    in[1].len = 16;
    say_socket("peek", WSARecv(a, in, 2, &bytes, (flags = MSG_PEEK, &flags), NULL, NULL));
    flags = 0;
    say_socket("scatter", WSARecv(a, in, 2, &bytes, &flags, NULL, NULL));
    printf("%lu bytes: %s, %s\n", bytes, data, data + 16);
    in[0].len = 0;
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    bytes = 77;
    say_socket("zero bytes", WSARecv(a, in, 1, &bytes, &flags, &overlapped, NULL));
    printf("untouched: %lu\n", bytes);
    say_wait("nothing there", WaitForSingleObject(overlapped.hEvent, 50));
    say("not finished", WSAGetOverlappedResult(a, &overlapped, &bytes, FALSE, &flags));
    send(b, "data", 4, 0);
    say("data there", WSAGetOverlappedResult(a, &overlapped, &bytes, TRUE, &flags));
    printf("%lu bytes\n", bytes);
    say_socket("not consumed", recv(a, data, sizeof(data), 0));
    flags = MSG_WAITALL;
    in[0].len = 6;
    ResetEvent(overlapped.hEvent);
    say_socket("wait for all", WSARecv(a, in, 1, NULL, &flags, &overlapped, NULL));
    send(b, "abc", 3, 0);
    say_wait("not all there", WaitForSingleObject(overlapped.hEvent, 50));
    send(b, "def", 3, 0);
    say_wait("all there", WaitForSingleObject(overlapped.hEvent, 5000));
    printf("%lu bytes\n", (DWORD)overlapped.InternalHigh);
    CloseHandle(overlapped.hEvent);
}

static void duplicates(void)
{
    WSAPROTOCOL_INFOW info;
    SOCKET copy;
    char data[8];
    memset(&info, 0, sizeof(info));
    say_socket("WSADuplicateSocket", WSADuplicateSocketW(b, GetCurrentProcessId(), &info));
    printf("family %d, type %d\n", info.iAddressFamily, info.iSocketType);
    copy = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, WSA_FLAG_OVERLAPPED);
    printf("a duplicate: %s\n", copy != INVALID_SOCKET && copy != b ? "another handle" : "no");
    say_socket("close the first", closesocket(b));
    say_socket("the duplicate sends", send(copy, "copy", 4, 0));
    printf("received %d\n", receive_all(a, data, 4));
    say_socket("close the duplicate", closesocket(copy));
    say_socket("now it is closed", recv(a, data, sizeof(data), 0));
}

int main(void)
{
    startup();
    stream_pair(&a, &b);
    files();
    order();
    buffers();
    duplicates();
    closesocket(a);
    return 0;
}
