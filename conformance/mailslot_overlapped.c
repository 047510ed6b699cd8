/* Reads of a mailslot that wait, by each of the four techniques, with time limits and cancels
 * (contract 07 section 4.1, 03, 04, 05, 06). */
#include <windows.h>
#include <stdio.h>
#include <string.h>

static char name[80];
static DWORD routines;

static HANDLE client(void)
{
    return CreateFileA(name, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
}

static void start(const char *what, HANDLE slot, char *buffer, DWORD room, OVERLAPPED *o)
{
    BOOL ok = ReadFile(slot, buffer, room, NULL, o);

    printf("%s: %s/%lu\n", what, ok ? "TRUE" : "FALSE", ok ? 0 : GetLastError());
}

static void result(const char *what, HANDLE slot, OVERLAPPED *o)
{
    DWORD n = 77;
    BOOL ok = GetOverlappedResult(slot, o, &n, TRUE);

    printf("%s: %s/%lu, %lu bytes, status %08lX\n", what, ok ? "TRUE" : "FALSE", ok ? 0 : GetLastError(), ok ? n : 0,
           (DWORD)o->Internal);
}

static VOID CALLBACK done(DWORD error, DWORD bytes, LPOVERLAPPED o)
{
    routines++;
    printf("routine: error %lu, %lu bytes, hEvent %lu\n", error, bytes, (DWORD)(ULONG_PTR)o->hEvent);
}

/* Where such a read does not end, the program does. */
static DWORD WINAPI watchdog(LPVOID unused)
{
    (void)unused;
    Sleep(15000);
    printf("stuck\n");
    fflush(stdout);
    ExitProcess(3);
    return 0;
}

static DWORD WINAPI writer(LPVOID text)
{
    HANDLE h = client();
    DWORD n;

    Sleep(20);
    WriteFile(h, text, (DWORD)strlen((char *)text), &n, NULL);
    CloseHandle(h);
    return 0;
}

int main(void)
{
    HANDLE slot, h, port, thread;
    OVERLAPPED o = {0}, p = {0}, *found;
    char buffer[64], other[64];
    ULONG_PTR key;
    DWORD n;
    BOOL ok;

    sprintf(name, "\\\\.\\mailslot\\overlapped_%lu", GetCurrentProcessId());
    CloseHandle(CreateThread(NULL, 0, watchdog, NULL, 0, NULL));
    slot = CreateMailslotA(name, 0, MAILSLOT_WAIT_FOREVER, NULL);
    h = client();

    /* The device itself. */
    start("a read", slot, buffer, 64, &o);
    printf("device: %s\n", WaitForSingleObject(slot, 0) == WAIT_TIMEOUT ? "not signalled" : "signalled");
    printf("Internal: %s\n", HasOverlappedIoCompleted(&o) ? "done" : "pending");
    WriteFile(h, "device", 6, &n, NULL);
    printf("device: %s\n", WaitForSingleObject(slot, 10000) == WAIT_OBJECT_0 ? "signalled" : "not signalled");
    result("its end", slot, &o);
    printf("%.6s\n", buffer);

    /* Events: two reads, served in their order. */
    o.hEvent = CreateEvent(NULL, TRUE, TRUE, NULL);
    p.hEvent = CreateEvent(NULL, TRUE, TRUE, NULL);
    start("first", slot, buffer, 64, &o);
    start("second", slot, other, 64, &p);
    WriteFile(h, "one", 3, &n, NULL);
    printf("first event: %s\n", WaitForSingleObject(o.hEvent, 10000) == WAIT_OBJECT_0 ? "set" : "not set");
    printf("second event: %s\n", WaitForSingleObject(p.hEvent, 0) == WAIT_OBJECT_0 ? "set" : "not set");
    ok = CancelIoEx(slot, &p);
    printf("CancelIoEx: %d\n", ok);
    result("first", slot, &o);
    result("second", slot, &p);

    /* Too little room while it waits: the message stays. */
    start("two bytes of room", slot, buffer, 2, &o);
    WriteFile(h, "three", 5, &n, NULL);
    result("two bytes of room", slot, &o);
    start("enough room", slot, buffer, 64, &o);
    result("enough room", slot, &o);
    printf("%.5s\n", buffer);

    /* Time limits. */
    SetMailslotInfo(slot, 30);
    start("30 ms", slot, buffer, 64, &o);
    result("30 ms", slot, &o);
    SetMailslotInfo(slot, 0);
    start("0 ms", slot, buffer, 64, &o);
    SetMailslotInfo(slot, MAILSLOT_WAIT_FOREVER);

    /* Without an OVERLAPPED the call itself waits. */
    thread = CreateThread(NULL, 0, writer, (LPVOID) "waited for", 0, NULL);
    ok = ReadFile(slot, buffer, 64, &n, NULL);
    printf("synchronous: %d, %lu bytes, %.10s\n", ok, n, buffer);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);

    /* A routine. */
    CloseHandle(o.hEvent);
    o.hEvent = (HANDLE)(ULONG_PTR)7;
    ok = ReadFileEx(slot, buffer, 64, &o, done);
    printf("ReadFileEx: %d\n", ok);
    WriteFile(h, "routine", 7, &n, NULL);
    printf("before an alertable wait: %lu\n", routines);
    printf("SleepEx: %s\n", SleepEx(10000, TRUE) == WAIT_IO_COMPLETION ? "WAIT_IO_COMPLETION" : "?");

    /* A port. */
    o.hEvent = NULL;
    port = CreateIoCompletionPort(slot, NULL, 42, 0);
    start("for the port", slot, buffer, 64, &o);
    WriteFile(h, "port", 4, &n, NULL);
    ok = GetQueuedCompletionStatus(port, &n, &key, &found, 10000);
    printf("packet: %d, %lu bytes, key %lu, %s\n", ok, n, (DWORD)key, found == &o ? "its OVERLAPPED" : "another");
    WriteFile(h, "waits", 5, &n, NULL);
    ok = ReadFile(slot, buffer, 64, NULL, &o);
    printf("at once or pending: %s\n", ok || GetLastError() == ERROR_IO_PENDING ? "yes" : "no");
    ok = GetQueuedCompletionStatus(port, &n, &key, &found, 10000);
    printf("packet: %d, %lu bytes\n", ok, n);
    start("cancelled by the close", slot, buffer, 64, &o);
    CloseHandle(slot);
    ok = GetQueuedCompletionStatus(port, &n, &key, &found, 10000);
    printf("packet: %d, error %lu, %s\n", ok, GetLastError(), found == &o ? "its OVERLAPPED" : "another");

    CloseHandle(p.hEvent);
    CloseHandle(port);
    CloseHandle(h);
    return 0;
}
