/* CancelSynchronousIo ends the synchronous request that a thread is blocked in (founding document 3.2; contract 03 section 8).
 * Waiting for a range that somebody else has locked is the request that blocks. */
#include "say.h"

static HANDLE owner, waiter, begins;
static volatile DWORD outcome;

static DWORD WINAPI blocks(LPVOID unused)
{
    OVERLAPPED o = {0};
    BOOL ok;
    (void)unused;
    SetEvent(begins);
    ok = LockFileEx(waiter, LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &o);
    outcome = ok ? 0 : GetLastError();
    return outcome;
}

static DWORD WINAPI sleeps(LPVOID event)
{
    SetEvent(begins);
    WaitForSingleObject((HANDLE)event, INFINITE);
    return 0;
}

int main(void)
{
    HANDLE thread, limited, stay = CreateEventA(NULL, TRUE, FALSE, NULL);
    DWORD code;
    int tries;

    begins = CreateEventA(NULL, FALSE, FALSE, NULL);
    owner = CreateFileA("sync.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_ALWAYS, 0, NULL);
    waiter = CreateFileA("sync.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    say("owner locks", LockFile(owner, 0, 0, 1, 0));

    puts("-- a thread in a synchronous request");
    thread = CreateThread(NULL, 0, blocks, NULL, 0, NULL);
    WaitForSingleObject(begins, INFINITE);
    say_wait("it blocks", WaitForSingleObject(thread, 100));
    /* It is found as soon as it is really inside. */
    for (tries = 0; !CancelSynchronousIo(thread) && tries < 1000; tries++)
        Sleep(1);
    say_wait("it ends", WaitForSingleObject(thread, 10000));
    GetExitCodeThread(thread, &code);
    printf("its request: error %lu\n", code);
    say("the thread has ended", CancelSynchronousIo(thread));
    CloseHandle(thread);

    puts("-- a thread that only waits");
    thread = CreateThread(NULL, 0, sleeps, stay, 0, NULL);
    WaitForSingleObject(begins, INFINITE);
    say("CancelSynchronousIo", CancelSynchronousIo(thread));
    DuplicateHandle(GetCurrentProcess(), thread, GetCurrentProcess(), &limited, SYNCHRONIZE, FALSE, 0);
    say("without THREAD_TERMINATE", CancelSynchronousIo(limited));
    CloseHandle(limited);
    SetEvent(stay);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    say("no thread", CancelSynchronousIo(NULL));
    say("an event", CancelSynchronousIo(stay));

    puts("-- the lock works afterwards");
    say("unlock", UnlockFile(owner, 0, 0, 1, 0));
    say("lock", LockFile(waiter, 0, 0, 1, 0));

    CloseHandle(stay);
    CloseHandle(begins);
    CloseHandle(waiter);
    CloseHandle(owner);
    DeleteFileA("sync.dat");
    return 0;
}
