/* CancelIo, CancelIoEx, and what closing and thread exit cancel (contract 03 sections 8 and 9, D3; founding document 4.3).
 * A lock that somebody else holds is the request that pends. */
#include "say.h"

static HANDLE owner, waiter;

static HANDLE open_it(DWORD flags)
{
    return CreateFileA("cancel.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_ALWAYS, flags, NULL);
}

static BOOL ask(HANDLE file, OVERLAPPED *o, DWORD at)
{
    HANDLE event = o->hEvent;
    ZeroMemory(o, sizeof *o);
    o->hEvent = event;
    o->Offset = at;
    return LockFileEx(file, LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, o);
}

static void state(const char *what, OVERLAPPED *o, BOOL wait)
{
    DWORD n;
    say(what, GetOverlappedResult(waiter, o, &n, wait));
}

static OVERLAPPED foreign;
static HANDLE has_asked;

static DWORD WINAPI ask_elsewhere(LPVOID stay)
{
    ask(waiter, &foreign, 2);
    SetEvent(has_asked);
    if (stay)
        WaitForSingleObject((HANDLE)stay, INFINITE);
    return 0;
}

int main(void)
{
    OVERLAPPED first = {0}, second = {0};
    HANDLE thread, stay, port;
    ULONG_PTR key;
    OVERLAPPED *done;
    DWORD n;

    owner = open_it(0);
    LockFile(owner, 0, 0, 100, 0);
    waiter = open_it(FILE_FLAG_OVERLAPPED);
    first.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    second.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    foreign.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    stay = CreateEventA(NULL, TRUE, FALSE, NULL);
    has_asked = CreateEventA(NULL, FALSE, FALSE, NULL);

    puts("-- nothing to cancel");
    say("CancelIo", CancelIo(waiter));
    say("CancelIoEx", CancelIoEx(waiter, NULL));
    say("CancelIo of nothing", CancelIo(NULL));
    say("CancelIoEx of nothing", CancelIoEx(NULL, NULL));

    puts("-- CancelIoEx: one of two");
    say("first", ask(waiter, &first, 0));
    say("second", ask(waiter, &second, 1));
    say("CancelIoEx of the first", CancelIoEx(waiter, &first));
    state("first", &first, TRUE);
    printf("Internal %lX\n", (DWORD)first.Internal);
    say_wait("its event", WaitForSingleObject(first.hEvent, 0));
    state("second", &second, FALSE);
    say("CancelIoEx of the first again", CancelIoEx(waiter, &first));
    say("CancelIoEx of all", CancelIoEx(waiter, NULL));
    state("second", &second, TRUE);

    puts("-- CancelIo: only what this thread has asked for");
    thread = CreateThread(NULL, 0, ask_elsewhere, stay, 0, NULL);
    WaitForSingleObject(has_asked, INFINITE);
    say("first", ask(waiter, &first, 0));
    say("CancelIo", CancelIo(waiter));
    state("first", &first, TRUE);
    state("the other thread's", &foreign, FALSE);

    puts("-- a thread that ends takes its requests along");
    SetEvent(stay);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    say_wait("event", WaitForSingleObject(foreign.hEvent, 10000));
    state("result", &foreign, FALSE);

    puts("-- closing the last handle");
    say("first", ask(waiter, &first, 0));
    CloseHandle(waiter);
    say_wait("event", WaitForSingleObject(first.hEvent, 10000));
    state("result", &first, FALSE);

    puts("-- through a port: one packet with the failure");
    waiter = open_it(FILE_FLAG_OVERLAPPED);
    port = CreateIoCompletionPort(waiter, NULL, 3, 0);
    say("first", ask(waiter, &first, 0));
    say("CancelIoEx", CancelIoEx(waiter, &first));
    say("GetQueuedCompletionStatus", GetQueuedCompletionStatus(port, &n, &key, &done, 10000));
    printf("key %lu, its OVERLAPPED: %s\n", (DWORD)key, done == &first ? "yes" : "no");
    say("no second packet", GetQueuedCompletionStatus(port, &n, &key, &done, 20));

    puts("-- on a port a thread may end");
    thread = CreateThread(NULL, 0, ask_elsewhere, NULL, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    state("its request", &foreign, FALSE);
    UnlockFile(owner, 0, 0, 100, 0);
    say("GetQueuedCompletionStatus", GetQueuedCompletionStatus(port, &n, &key, &done, 10000));
    printf("its OVERLAPPED: %s\n", done == &foreign ? "yes" : "no");

    CloseHandle(waiter);
    CloseHandle(port);
    CloseHandle(owner);
    CloseHandle(has_asked);
    CloseHandle(stay);
    CloseHandle(foreign.hEvent);
    CloseHandle(second.hEvent);
    CloseHandle(first.hEvent);
    DeleteFileA("cancel.dat");
    return 0;
}
