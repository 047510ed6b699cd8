/* SetFileCompletionNotificationModes: what it skips, and that it can never be taken back (contract 03 section 6; founding document 5.2). */
#include "say.h"

static HANDLE file, event;

static void read_now(const char *what)
{
    OVERLAPPED o = {0};
    char buffer[4];
    DWORD n;
    o.hEvent = event;
    ReadFile(file, buffer, 4, NULL, &o);
    WaitForSingleObject(event, INFINITE);
    printf("%s: %s", what, GetOverlappedResult(file, &o, &n, FALSE) ? "read" : "failed");
    printf(", event %s", WaitForSingleObject(event, 0) == WAIT_OBJECT_0 ? "set" : "not set");
    printf(", device %s\n", WaitForSingleObject(file, 0) == WAIT_OBJECT_0 ? "signalled" : "not signalled");
}

int main(void)
{
    DWORD n;
    HANDLE port, sync;
    ULONG_PTR key;
    OVERLAPPED o = {0}, *done;
    char buffer[4];

    sync = CreateFileA("modes.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(sync, "1234", 4, &n, NULL);
    file = CreateFileA("modes.dat", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    event = CreateEventA(NULL, TRUE, FALSE, NULL);

    puts("-- refused");
    say("a bad handle", SetFileCompletionNotificationModes(NULL, FILE_SKIP_SET_EVENT_ON_HANDLE));
    say("skipping the port on a synchronous instance",
        SetFileCompletionNotificationModes(sync, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));

    puts("-- FILE_SKIP_SET_EVENT_ON_HANDLE");
    read_now("before");
    say("no flags", SetFileCompletionNotificationModes(file, 0));
    read_now("still");
    say("set", SetFileCompletionNotificationModes(file, FILE_SKIP_SET_EVENT_ON_HANDLE));
    say_wait("the device at once", WaitForSingleObject(file, 0));
    read_now("after");
    say("no flags", SetFileCompletionNotificationModes(file, 0));
    read_now("it stays");

    puts("-- FILE_SKIP_COMPLETION_PORT_ON_SUCCESS: what pends still queues a packet");
    say("set", SetFileCompletionNotificationModes(file, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    port = CreateIoCompletionPort(file, NULL, 7, 0);
    say("ReadFile", ReadFile(file, buffer, 4, NULL, &o));
    say("GetQueuedCompletionStatus", GetQueuedCompletionStatus(port, &n, &key, &done, 10000));
    printf("%lu bytes, key %lu, its OVERLAPPED: %s\n", n, (DWORD)key, done == &o ? "yes" : "no");

    CloseHandle(event);
    CloseHandle(file);
    CloseHandle(port);
    CloseHandle(sync);
    DeleteFileA("modes.dat");
    return 0;
}
