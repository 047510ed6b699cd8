/* SignalObjectAndWait with each kind of object to signal, and its refusals (contract 04 section 8). */
#include "say.h"

static HANDLE ping, pong;
static int rounds;

static DWORD WINAPI answers(LPVOID unused)
{
    (void)unused;
    while (WaitForSingleObject(ping, INFINITE) == WAIT_OBJECT_0 && rounds < 1000)
        SetEvent(pong);
    return 0;
}

int main(void)
{
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL), set = CreateEventA(NULL, TRUE, TRUE, NULL);
    HANDLE unset = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE mutex = CreateMutexA(NULL, TRUE, NULL), semaphore = CreateSemaphoreA(NULL, 0, 1, NULL);
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0), thread;

    puts("-- an event");
    say_wait("and one that is set", SignalObjectAndWait(event, set, INFINITE, FALSE));
    say_wait("it was set", WaitForSingleObject(event, 0));
    say_wait("and one that is not", SignalObjectAndWait(event, unset, 20, FALSE));
    say_wait("it was set all the same", WaitForSingleObject(event, 0));
    say_wait("an auto-reset event and itself", SignalObjectAndWait(event, event, 0, FALSE));
    say_wait("which it consumed", WaitForSingleObject(event, 0));

    puts("-- a mutex");
    say_wait("released", SignalObjectAndWait(mutex, set, 0, FALSE));
    say_wait("not owned any more", SignalObjectAndWait(mutex, set, 0, FALSE));

    puts("-- a semaphore");
    say_wait("released", SignalObjectAndWait(semaphore, set, 0, FALSE));
    say_wait("at its maximum", SignalObjectAndWait(semaphore, set, 0, FALSE));
    say_wait("it has one", WaitForSingleObject(semaphore, 0));
    say_wait("and no more", WaitForSingleObject(semaphore, 0));

    puts("-- refused");
    say_wait("a port", SignalObjectAndWait(port, set, 0, FALSE));
    say_wait("nothing to signal", SignalObjectAndWait(NULL, set, 0, FALSE));
    say_wait("nothing to wait for", SignalObjectAndWait(event, NULL, 0, FALSE));

    puts("-- back and forth");
    ping = CreateEventA(NULL, FALSE, FALSE, NULL);
    pong = CreateEventA(NULL, FALSE, FALSE, NULL);
    thread = CreateThread(NULL, 0, answers, NULL, 0, NULL);
    for (rounds = 0; rounds < 500; rounds++) {
        if (SignalObjectAndWait(ping, pong, 10000, FALSE) != WAIT_OBJECT_0)
            break;
    }
    printf("%d rounds\n", rounds);
    rounds = 1000;
    SetEvent(ping);
    say_wait("the other thread ends", WaitForSingleObject(thread, 10000));

    CloseHandle(thread);
    CloseHandle(ping);
    CloseHandle(pong);
    CloseHandle(port);
    CloseHandle(semaphore);
    CloseHandle(mutex);
    CloseHandle(unset);
    CloseHandle(set);
    CloseHandle(event);
    return 0;
}
