/* Making a port and associating devices with it in two steps (founding document 5.4.1; contract 06 sections 1 and 5). */
#include "say.h"

#define CK_READ 1
#define CK_WRITE 2

HANDLE CreateNewCompletionPort(DWORD dwNumberOfConcurrentThreads)
{
    return CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, dwNumberOfConcurrentThreads);
}

BOOL AssociateDeviceWithCompletionPort(HANDLE hCompletionPort, HANDLE hDevice, ULONG_PTR dwCompletionKey)
{
    HANDLE h = CreateIoCompletionPort(hDevice, hCompletionPort, dwCompletionKey, 0);
    return h == hCompletionPort;
}

static VOID CALLBACK never(DWORD error, DWORD bytes, LPOVERLAPPED o)
{
    (void)error;
    (void)bytes;
    (void)o;
    puts("a routine of a device on a port was called");
}

static void next(HANDLE port, const char *what)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *o;
    if (GetQueuedCompletionStatus(port, &bytes, &key, &o, 10000))
        printf("%s: key %lu, %lu bytes\n", what, (DWORD)key, bytes);
    else
        printf("%s: FALSE/%lu\n", what, GetLastError());
}

static void none(HANDLE port, const char *what)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *o;
    say(what, GetQueuedCompletionStatus(port, &bytes, &key, &o, 20));
}

int main(void)
{
    HANDLE port, another, source, target, sync, twin, event;
    OVERLAPPED o = {0};
    char buffer[100] = "what the source holds";
    DWORD n;

    port = CreateNewCompletionPort(0);
    another = CreateNewCompletionPort(1);
    sync = CreateFileA("wrap.src", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(sync, buffer, 21, &n, NULL);
    source = CreateFileA("wrap.src", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    target = CreateFileA("wrap.dst", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_OVERLAPPED, NULL);

    puts("-- associated");
    say("with what is no port", AssociateDeviceWithCompletionPort(sync, source, CK_READ));
    say("source", AssociateDeviceWithCompletionPort(port, source, CK_READ));
    say("target", AssociateDeviceWithCompletionPort(port, target, CK_WRITE));
    say("a second time", AssociateDeviceWithCompletionPort(port, source, CK_READ));
    say("with another port", AssociateDeviceWithCompletionPort(another, source, CK_READ));
    say("a synchronous instance", AssociateDeviceWithCompletionPort(port, sync, CK_READ));
    event = CreateIoCompletionPort(sync, NULL, 0, 0);
    say_handle("a synchronous instance with a port of its own", event);

    puts("-- requests");
    say("ReadFile", ReadFile(source, buffer, 100, NULL, &o));
    next(port, "packet");
    say("WriteFile", WriteFile(target, buffer, 21, NULL, &o));
    next(port, "packet");
    DuplicateHandle(GetCurrentProcess(), source, GetCurrentProcess(), &twin, 0, FALSE, DUPLICATE_SAME_ACCESS);
    say("ReadFile through a duplicate", ReadFile(twin, buffer, 4, NULL, &o));
    next(port, "packet");
    CloseHandle(twin);

    puts("-- completion routines are refused");
    say("ReadFileEx", ReadFileEx(source, buffer, 4, &o, never));
    SleepEx(10, TRUE);

    puts("-- an event as well, and instead: the low bit of hEvent");
    event = CreateEventA(NULL, TRUE, FALSE, NULL);
    o.hEvent = event;
    say("ReadFile", ReadFile(source, buffer, 5, NULL, &o));
    say_wait("event", WaitForSingleObject(event, 10000));
    next(port, "packet");
    o.hEvent = (HANDLE)((ULONG_PTR)event | 1);
    say("ReadFile", ReadFile(source, buffer, 5, NULL, &o));
    say_wait("event", WaitForSingleObject(event, 10000));
    say("GetOverlappedResult", GetOverlappedResult(source, &o, &n, TRUE));
    none(port, "packet");

    puts("-- what fails at once queues nothing");
    o.hEvent = NULL;
    say("ReadFile without the right", ReadFile(target, buffer, 5, NULL, &o));
    none(port, "packet");

    puts("-- a packet outlives its device");
    say("ReadFile", ReadFile(source, buffer, 3, NULL, &o));
    CloseHandle(source);
    next(port, "packet");

    CloseHandle(event);
    CloseHandle(sync);
    CloseHandle(target);
    CloseHandle(another);
    CloseHandle(port);
    DeleteFileA("wrap.src");
    DeleteFileA("wrap.dst");
    return 0;
}
