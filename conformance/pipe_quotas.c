/* When a write completes, what is visible, what a cancelled one takes back, and writing without waiting (contract 07 sections 1.6, 1.7 and 2). */
#include "say.h"

#define NAME "\\\\.\\pipe\\overlapped_quotas"

static HANDLE server, client;
static char data[20000], room[20000];

static void open_both(DWORD type, DWORD quota)
{
    DWORD mode = PIPE_READMODE_BYTE;
    server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, type, 1, quota, quota, 0, NULL);
    client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    SetNamedPipeHandleState(client, &mode, NULL, NULL);
}

static void close_both(void)
{
    CloseHandle(client);
    CloseHandle(server);
}

static void issue(const char *what, BOOL write, HANDLE pipe, DWORD bytes, OVERLAPPED *o)
{
    DWORD n;
    BOOL ok = write ? WriteFile(pipe, data, bytes, &n, o) : ReadFile(pipe, room, bytes, &n, o);
    DWORD error = GetLastError();
    if (ok)
        printf("%s: TRUE, %lu bytes\n", what, (DWORD)o->InternalHigh);
    else
        printf("%s: FALSE/%lu\n", what, error);
}

static void outcome(const char *what, HANDLE pipe, OVERLAPPED *o)
{
    DWORD n = 0;
    BOOL ok = GetOverlappedResult(pipe, o, &n, FALSE);
    DWORD error = GetLastError();
    if (ok)
        printf("%s: done, %lu bytes\n", what, n);
    else
        printf("%s: error %lu, %lu bytes\n", what, error, n);
}

static DWORD available(void)
{
    DWORD all = 0;
    PeekNamedPipe(client, NULL, 0, NULL, &all, NULL);
    return all;
}

static void now(const char *what, DWORD type, DWORD pending, DWORD bytes)
{
    OVERLAPPED o = {0};
    DWORD n = 99, mode = PIPE_NOWAIT;
    open_both(type, 512);
    o.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    SetNamedPipeHandleState(server, &mode, NULL, NULL);
    if (pending)
        ReadFile(client, room, pending, NULL, &o);
    if (WriteFile(server, data, bytes, &n, NULL))
        printf("%s: TRUE, %lu bytes%s\n", what, n, pending ? HasOverlappedIoCompleted(&o) ? ", the read is done" : ", the read waits" : "");
    else
        printf("%s: FALSE/%lu\n", what, GetLastError());
    close_both();
    CloseHandle(o.hEvent);
}

int main(void)
{
    OVERLAPPED w1 = {0}, w2 = {0}, w3 = {0}, r = {0};
    DWORD n, mode;

    puts("-- a quota of 5000");
    open_both(PIPE_TYPE_BYTE, 5000);
    w1.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    w2.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    w3.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    r.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    issue("3000", TRUE, server, 3000, &w1);
    issue("5000 more", TRUE, server, 5000, &w2);
    printf("there are %lu\n", available());
    issue("2999 read", FALSE, client, 2999, &r);
    outcome("the write", server, &w2);
    issue("1 read", FALSE, client, 1, &r);
    outcome("the write", server, &w2);
    close_both();
    open_both(PIPE_TYPE_BYTE, 5000);
    issue("7000", TRUE, server, 7000, &w1);
    issue("1999 read", FALSE, client, 1999, &r);
    outcome("the write", server, &w1);
    issue("1 read", FALSE, client, 1, &r);
    outcome("the write", server, &w1);
    issue("nothing", TRUE, server, 0, &w2);
    printf("there are %lu\n", available());
    close_both();

    puts("-- a cancelled write takes back what is not read");
    open_both(PIPE_TYPE_BYTE, 100);
    issue("60", TRUE, server, 60, &w1);
    issue("150 more", TRUE, server, 150, &w2);
    issue("90 more", TRUE, server, 90, &w3);
    issue("70 read", FALSE, client, 70, &r);
    printf("there are %lu\n", available());
    say("CancelIoEx", CancelIoEx(server, &w2));
    outcome("the second", server, &w2);
    outcome("the third", server, &w3);
    printf("there are %lu\n", available());
    say("again", CancelIoEx(server, &w2));
    close_both();

    puts("-- who is at the other end");
    open_both(PIPE_TYPE_BYTE, 10);
    issue("a write waits", TRUE, server, 20, &w1);
    issue("a read waits", FALSE, server, 20, &r);
    CloseHandle(client);
    outcome("the write", server, &w1);
    outcome("the read", server, &r);
    issue("a write", TRUE, server, 20, &w1);
    issue("a read", FALSE, server, 20, &r);
    say("connect", ConnectNamedPipe(server, &w2));
    CloseHandle(server);
    open_both(PIPE_TYPE_BYTE, 10);
    issue("a write waits", TRUE, client, 20, &w1);
    issue("a read waits", FALSE, client, 20, &r);
    say("disconnect", DisconnectNamedPipe(server));
    outcome("the write", client, &w1);
    outcome("the read", client, &r);
    close_both();

    puts("-- several reads are served in their order");
    open_both(PIPE_TYPE_BYTE, 100);
    issue("a read of 3", FALSE, client, 3, &r);
    issue("a read of 5", FALSE, client, 5, &w2);
    issue("6 written", TRUE, server, 6, &w1);
    outcome("the first", client, &r);
    outcome("the second", client, &w2);
    close_both();

    puts("-- without waiting, 512 bytes");
    now("bytes: 512", PIPE_TYPE_BYTE, 0, 512);
    now("bytes: 513", PIPE_TYPE_BYTE, 0, 513);
    now("bytes: 513 to a reader of 1", PIPE_TYPE_BYTE, 1, 513);
    now("bytes: 514 to a reader of 1", PIPE_TYPE_BYTE, 1, 514);
    now("a message: 512", PIPE_TYPE_MESSAGE, 0, 512);
    now("a message: 513", PIPE_TYPE_MESSAGE, 0, 513);
    now("a message: 513 to a reader of 1", PIPE_TYPE_MESSAGE, 1, 513);
    now("a message: 514 to a reader of 1", PIPE_TYPE_MESSAGE, 1, 514);
    open_both(PIPE_TYPE_BYTE, 512);
    mode = PIPE_NOWAIT;
    say("without waiting", SetNamedPipeHandleState(client, &mode, NULL, NULL));
    say("a read of an empty pipe", ReadFile(client, room, 10, &n, NULL));
    close_both();
    server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX, PIPE_NOWAIT, 1, 512, 512, 0, NULL);
    say("a connect that does not wait", ConnectNamedPipe(server, NULL));
    client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    say("with a client", ConnectNamedPipe(server, NULL));
    close_both();
    CloseHandle(w1.hEvent);
    CloseHandle(w2.hEvent);
    CloseHandle(w3.hEvent);
    CloseHandle(r.hEvent);
    return 0;
}
