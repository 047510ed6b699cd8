/* Two serial ports on a completion port: reads, writes and waits for events as packets (contract 01 section 5, 06). */
#include "say.h"
#include <string.h>

typedef struct {
    OVERLAPPED overlapped;
    const char *name;
    DWORD events;
    char buffer[16];
} REQUEST;

static HANDLE hPort;

static HANDLE open_port(const char *name, ULONG_PTR key)
{
    HANDLE h = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    say_handle(name, h);
    if (h != INVALID_HANDLE_VALUE && CreateIoCompletionPort(h, hPort, key, 0) != hPort)
        printf("CreateIoCompletionPort: %lu\n", GetLastError());
    return h;
}

/* Takes a packet and says what it is about. */
static void next(void)
{
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    OVERLAPPED *overlapped = NULL;
    BOOL ok = GetQueuedCompletionStatus(hPort, &bytes, &key, &overlapped, 30000);
    DWORD error = GetLastError();
    REQUEST *request = (REQUEST *)overlapped;
    if (overlapped == NULL) {
        printf("no packet: %lu\n", error);
        return;
    }
    if (ok)
        printf("key %lu, %s: %lu bytes, events %lx, \"%s\"\n", (unsigned long)key, request->name, bytes, (unsigned long)request->events, request->buffer);
    else
        printf("key %lu, %s: error %lu, %lu bytes\n", (unsigned long)key, request->name, error, bytes);
}

static void pending(const char *what, BOOL ok)
{
    DWORD error = GetLastError();
    printf("%s: %s\n", what, ok || error == ERROR_IO_PENDING ? "accepted" : "refused");
}

int main(void)
{
    REQUEST read, wait, write;
    COMMTIMEOUTS none;
    HANDLE hNear, hFar;

    memset(&read, 0, sizeof(read));
    memset(&wait, 0, sizeof(wait));
    memset(&write, 0, sizeof(write));
    memset(&none, 0, sizeof(none));
    read.name = "read";
    wait.name = "wait";
    write.name = "write";
    strcpy(write.buffer, "four");
    hPort = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    hNear = open_port("COM7", 7);
    hFar = open_port("COM8", 8);
    if (hNear == INVALID_HANDLE_VALUE || hFar == INVALID_HANDLE_VALUE)
        return 1;
    SetCommTimeouts(hNear, &none);

    pending("a read of four bytes", ReadFile(hNear, read.buffer, 4, NULL, &read.overlapped));
    pending("a write", WriteFile(hFar, write.buffer, 4, NULL, &write.overlapped));
    next();
    next();

    say("SetCommMask", SetCommMask(hNear, EV_DSR));
    pending("a wait", WaitCommEvent(hNear, &wait.events, &wait.overlapped));
    say("CLRDTR", EscapeCommFunction(hFar, CLRDTR));
    next();

    pending("a wait", WaitCommEvent(hNear, &wait.events, &wait.overlapped));
    say("SetCommMask", SetCommMask(hNear, 0));
    next();
    SetLastError(0);
    say("a wait without a mask", WaitCommEvent(hNear, &wait.events, &wait.overlapped));

    read.buffer[0] = 0;
    pending("a read", ReadFile(hNear, read.buffer, 4, NULL, &read.overlapped));
    say("PurgeComm", PurgeComm(hNear, PURGE_RXABORT));
    next();
    pending("a read", ReadFile(hNear, read.buffer, 4, NULL, &read.overlapped));
    say("CloseHandle", CloseHandle(hNear));
    next();
    CloseHandle(hFar);
    CloseHandle(hPort);
    return 0;
}
