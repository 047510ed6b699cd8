/* Mutexes: owner, recursion, abandonment; semaphores: counts and limits (contract 04 sections 4 and 5). */
#include "say.h"

static HANDLE mutex, other;

static DWORD WINAPI tries(LPVOID unused)
{
    (void)unused;
    say_wait("another thread waits for it", WaitForSingleObject(mutex, 0));
    say("another thread releases it", ReleaseMutex(mutex));
    return 0;
}

static DWORD WINAPI abandons(LPVOID which)
{
    WaitForSingleObject((HANDLE)which, INFINITE);
    return 0; /* without releasing it */
}

static void run(LPTHREAD_START_ROUTINE routine, LPVOID argument)
{
    HANDLE thread = CreateThread(NULL, 0, routine, argument, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}

int main(void)
{
    HANDLE semaphore, pair[2];
    LONG before;
    DWORD all;

    puts("-- a mutex");
    mutex = CreateMutexA(NULL, TRUE, NULL);
    say_handle("owned from the start", mutex);
    run(tries, NULL);
    say_wait("the owner waits again", WaitForSingleObject(mutex, 0));
    say("release", ReleaseMutex(mutex));
    say("release, once for each wait", ReleaseMutex(mutex));
    say("release once too often", ReleaseMutex(mutex));
    say("release of nothing", ReleaseMutex(NULL));

    puts("-- abandoned");
    other = CreateMutexA(NULL, FALSE, NULL);
    run(abandons, mutex);
    say_wait("told once", WaitForSingleObject(mutex, 0));
    say_wait("owned like any other", WaitForSingleObject(mutex, 0));
    ReleaseMutex(mutex);
    say("both waits released", ReleaseMutex(mutex));
    run(abandons, other);
    pair[0] = CreateEventA(NULL, TRUE, FALSE, NULL);
    pair[1] = other;
    say_wait("any of two", WaitForMultipleObjects(2, pair, FALSE, 0));
    ReleaseMutex(other);
    run(abandons, other);
    SetEvent(pair[0]);
    all = WaitForMultipleObjects(2, pair, TRUE, 0);
    printf("all of two: %s\n", all >= WAIT_ABANDONED_0 && all < WAIT_ABANDONED_0 + 2 ? "abandoned" : "not abandoned");
    say("owned", ReleaseMutex(other));
    CloseHandle(pair[0]);
    CloseHandle(other);
    CloseHandle(mutex);

    puts("-- a semaphore");
    say_handle("more than the maximum", CreateSemaphoreA(NULL, 3, 2, NULL));
    say_handle("a maximum of 0", CreateSemaphoreA(NULL, 0, 0, NULL));
    say_handle("less than nothing", CreateSemaphoreA(NULL, -1, 2, NULL));
    semaphore = CreateSemaphoreA(NULL, 1, 3, NULL);
    say_handle("1 of 3", semaphore);
    say_wait("take", WaitForSingleObject(semaphore, 0));
    say_wait("take", WaitForSingleObject(semaphore, 0));
    before = 4711;
    say("release 2", ReleaseSemaphore(semaphore, 2, &before));
    printf("before: %ld\n", before);
    before = 4711;
    say("release 2 more", ReleaseSemaphore(semaphore, 2, &before));
    printf("before: %ld\n", before);
    say("release 0", ReleaseSemaphore(semaphore, 0, NULL));
    say("release -1", ReleaseSemaphore(semaphore, -1, NULL));
    say("release 1", ReleaseSemaphore(semaphore, 1, &before));
    printf("before: %ld\n", before);
    say_wait("take", WaitForSingleObject(semaphore, 0));
    say_wait("take", WaitForSingleObject(semaphore, 0));
    say_wait("take", WaitForSingleObject(semaphore, 0));
    say_wait("take", WaitForSingleObject(semaphore, 0));
    say("a semaphore is no mutex", ReleaseMutex(semaphore));
    CloseHandle(semaphore);
    return 0;
}
