/* CreateThreadpoolWait: one callback each time it is set, for a signal or a time-out (contract 04 section 11). */
#include "say.h"

static HANDLE told;
static volatile LONG calls;
static volatile DWORD last;

static VOID CALLBACK on_wait(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WAIT wait, TP_WAIT_RESULT result)
{
    (void)instance;
    (void)context;
    (void)wait;
    last = result;
    InterlockedIncrement(&calls);
    SetEvent(told);
}

/* Sets itself again until the semaphore is empty. */
static VOID CALLBACK drain(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WAIT wait, TP_WAIT_RESULT result)
{
    (void)instance;
    (void)result;
    if (InterlockedIncrement(&calls) == 5)
        SetEvent(told);
    else
        SetThreadpoolWait(wait, (HANDLE)context, NULL);
}

static void say_call(const char *what)
{
    DWORD result = WaitForSingleObject(told, 10000);
    if (result == WAIT_OBJECT_0)
        say_wait(what, last);
    else
        printf("%s: no callback\n", what);
}

static FILETIME *after(LONGLONG milliseconds)
{
    static FILETIME time;
    ULARGE_INTEGER value;
    value.QuadPart = (ULONGLONG)(-milliseconds * 10000);
    time.dwLowDateTime = value.LowPart;
    time.dwHighDateTime = value.HighPart;
    return &time;
}

int main(void)
{
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL), manual = CreateEventA(NULL, TRUE, TRUE, NULL), semaphore;
    PTP_WAIT wait = CreateThreadpoolWait(on_wait, NULL, NULL);
    told = CreateEventA(NULL, FALSE, FALSE, NULL);
    say("CreateThreadpoolWait", wait != NULL);

    puts("-- a signal");
    SetThreadpoolWait(wait, event, NULL);
    SetEvent(event);
    say_call("result");
    say_wait("the event was consumed", WaitForSingleObject(event, 0));
    SetEvent(event);
    say_wait("it has to be set again", WaitForSingleObject(told, 100));
    SetThreadpoolWait(wait, event, NULL);
    say_call("a signal that was there");

    puts("-- a time-out");
    SetThreadpoolWait(wait, event, after(30));
    say_call("result");
    SetThreadpoolWait(wait, event, after(0));
    say_call("a limit of zero");
    SetThreadpoolWait(wait, manual, after(0));
    say_call("a limit of zero, signalled");
    SetThreadpoolWait(wait, manual, after(60000));
    say_call("a manual-reset event");
    say_wait("stays signalled, and calls back once", WaitForSingleObject(told, 100));

    puts("-- stopped");
    SetThreadpoolWait(wait, event, NULL);
    SetThreadpoolWait(wait, NULL, NULL);
    WaitForThreadpoolWaitCallbacks(wait, TRUE);
    SetEvent(event);
    say_wait("no callback", WaitForSingleObject(told, 100));
    say_wait("the event is still signalled", WaitForSingleObject(event, 0));

    puts("-- another object instead");
    SetThreadpoolWait(wait, event, NULL);
    SetThreadpoolWait(wait, manual, NULL);
    say_call("result");
    WaitForThreadpoolWaitCallbacks(wait, FALSE);
    CloseThreadpoolWait(wait);
    printf("%ld calls\n", calls);

    puts("-- set again in its callback");
    calls = 0;
    semaphore = CreateSemaphoreA(NULL, 5, 5, NULL);
    wait = CreateThreadpoolWait(drain, semaphore, NULL);
    SetThreadpoolWait(wait, semaphore, NULL);
    say_wait("five times", WaitForSingleObject(told, 10000));
    WaitForThreadpoolWaitCallbacks(wait, FALSE);
    CloseThreadpoolWait(wait);
    say_wait("nothing is left", WaitForSingleObject(semaphore, 0));
    CloseHandle(semaphore);
    CloseHandle(manual);
    CloseHandle(event);
    CloseHandle(told);
    return 0;
}
