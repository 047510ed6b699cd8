/* Closing a port under its waiters, and ending a pool in the proper way (contract 06 sections 2, 6 and 7). */
#include "say.h"

#define THREADS 3

static HANDLE port, waiting;
static volatile LONG exits, lost;

static DWORD WINAPI waits(LPVOID unused)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *o = (OVERLAPPED *)(ULONG_PTR)4711;
    (void)unused;
    ReleaseSemaphore(waiting, 1, NULL);
    if (GetQueuedCompletionStatus(port, &bytes, &key, &o, INFINITE))
        return 1;
    return o == NULL ? GetLastError() : 2;
}

static DWORD WINAPI waits_ex(LPVOID unused)
{
    OVERLAPPED_ENTRY entry;
    ULONG got;
    (void)unused;
    ReleaseSemaphore(waiting, 1, NULL);
    return GetQueuedCompletionStatusEx(port, &entry, 1, &got, INFINITE, FALSE) ? 1 : GetLastError();
}

/* A pool thread: works until it is told to end, with a packet of key 0. */
static DWORD WINAPI works(LPVOID unused)
{
    DWORD bytes, done = 0;
    ULONG_PTR key;
    OVERLAPPED *o;
    (void)unused;
    while (GetQueuedCompletionStatus(port, &bytes, &key, &o, INFINITE)) {
        if (key == 0) {
            InterlockedIncrement(&exits);
            return done;
        }
        done += bytes;
    }
    InterlockedIncrement(&lost);
    return done;
}

int main(void)
{
    HANDLE threads[THREADS];
    DWORD code, total = 0, i;

    puts("-- closed under three waiters");
    waiting = CreateSemaphoreA(NULL, 0, THREADS, NULL);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    for (i = 0; i < THREADS; i++)
        threads[i] = CreateThread(NULL, 0, i == 2 ? waits_ex : waits, NULL, 0, NULL);
    for (i = 0; i < THREADS; i++)
        WaitForSingleObject(waiting, INFINITE);
    Sleep(100);
    say("CloseHandle", CloseHandle(port));
    say_wait("all threads end", WaitForMultipleObjects(THREADS, threads, TRUE, 10000));
    for (i = 0; i < THREADS; i++) {
        GetExitCodeThread(threads[i], &code);
        printf("%lu\n", code);
        CloseHandle(threads[i]);
    }

    puts("-- a pool ended by packets");
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 2);
    for (i = 0; i < THREADS; i++)
        threads[i] = CreateThread(NULL, 0, works, NULL, 0, NULL);
    for (i = 0; i < 3000; i++)
        PostQueuedCompletionStatus(port, 1, 1, NULL);
    for (i = 0; i < THREADS; i++)
        PostQueuedCompletionStatus(port, 0, 0, NULL);
    say_wait("all threads end", WaitForMultipleObjects(THREADS, threads, TRUE, 10000));
    for (i = 0; i < THREADS; i++) {
        GetExitCodeThread(threads[i], &code);
        total += code;
        CloseHandle(threads[i]);
    }
    printf("%lu packets of work, %ld ended by packet, %ld by a failure\n", total, exits, lost);

    CloseHandle(port);
    CloseHandle(waiting);
    return 0;
}
