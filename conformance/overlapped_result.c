/* GetOverlappedResult and GetOverlappedResultEx, row by row (contract 03 section 4). A lock that somebody else holds is what pends. */
#include "say.h"

static HANDLE owner, waiter;
static int apcs;

static VOID CALLBACK count_apc(ULONG_PTR unused)
{
    (void)unused;
    apcs++;
}

static HANDLE open_it(DWORD flags)
{
    return CreateFileA("result.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_ALWAYS, flags, NULL);
}

static void result(const char *what, OVERLAPPED *o, BOOL wait)
{
    DWORD n = 4711;
    BOOL ok = GetOverlappedResult(waiter, o, &n, wait);
    if (ok)
        printf("%s: TRUE, bytes %lu\n", what, n);
    else
        printf("%s: FALSE/%lu, bytes %lu\n", what, GetLastError(), n);
}

static void result_ex(const char *what, OVERLAPPED *o, DWORD ms, BOOL alertable)
{
    DWORD n = 4711;
    BOOL ok = GetOverlappedResultEx(waiter, o, &n, ms, alertable);
    if (ok)
        printf("%s: TRUE", what);
    else
        printf("%s: FALSE/%lu", what, GetLastError());
    printf(", %d APCs\n", apcs);
}

static DWORD WINAPI unlock_soon(LPVOID unused)
{
    (void)unused;
    Sleep(100);
    return UnlockFile(owner, 0, 0, 1, 0);
}

int main(void)
{
    OVERLAPPED lock = {0}, read = {0};
    HANDLE event, thread;
    char buffer[8];
    DWORD n, code;

    owner = open_it(0);
    waiter = open_it(FILE_FLAG_OVERLAPPED);
    WriteFile(owner, "12345678", 8, &n, NULL);
    event = CreateEventA(NULL, TRUE, FALSE, NULL);

    puts("-- pending");
    LockFile(owner, 0, 0, 1, 0);
    lock.hEvent = event;
    say("LockFileEx", LockFileEx(waiter, LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &lock));
    printf("Internal %lX, completed: %s\n", (DWORD)lock.Internal, HasOverlappedIoCompleted(&lock) ? "yes" : "no");
    result("without waiting", &lock, FALSE);
    QueueUserAPC(count_apc, GetCurrentThread(), 0);
    result_ex("Ex, 0 ms, alertable, an APC queued", &lock, 0, TRUE);
    result_ex("Ex, 20 ms, not alertable", &lock, 20, FALSE);
    result_ex("Ex, 20 ms, alertable", &lock, 20, TRUE);
    result_ex("Ex, 20 ms, alertable, none queued", &lock, 20, TRUE);
    thread = CreateThread(NULL, 0, unlock_soon, NULL, 0, NULL);
    result_ex("Ex, 10 s, unlocked meanwhile", &lock, 10000, TRUE);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    printf("unlocked: %lu\n", code);
    CloseHandle(thread);
    say("UnlockFileEx", UnlockFileEx(waiter, 0, 1, 0, &lock));

    puts("-- success");
    read.hEvent = event;
    say("ReadFile", ReadFile(waiter, buffer, 5, NULL, &read));
    result("waiting", &read, TRUE);
    result("asked again", &read, FALSE);
    result_ex("Ex", &read, 0, FALSE);

    puts("-- failure");
    read.Offset = 100;
    say("ReadFile", ReadFile(waiter, buffer, 5, NULL, &read));
    result("waiting", &read, TRUE);
    result("asked again", &read, FALSE);
    result_ex("Ex", &read, INFINITE, FALSE);

    puts("-- the handle is for waiting only: a finished request needs none");
    read.Offset = 0;
    ReadFile(waiter, buffer, 3, NULL, &read);
    result("waiting", &read, TRUE);
    say("no handle", GetOverlappedResult(NULL, &read, &n, TRUE));
    read.Internal = 0xC0000120; /* STATUS_CANCELLED */
    read.InternalHigh = 17;
    result("a status by hand", &read, FALSE);
    read.Internal = 0x80000005; /* STATUS_BUFFER_OVERFLOW */
    result("a warning by hand", &read, FALSE);
    read.Internal = 0x40000008; /* STATUS_SERIAL_MORE_WRITES */
    result("an information by hand", &read, FALSE);

    puts("-- without an event: the device is waited for");
    ZeroMemory(&read, sizeof read);
    say("ReadFile", ReadFile(waiter, buffer, 8, NULL, &read));
    result("waiting", &read, TRUE);

    CloseHandle(event);
    CloseHandle(waiter);
    CloseHandle(owner);
    DeleteFileA("result.dat");
    return 0;
}
