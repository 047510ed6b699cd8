/* RegisterWaitForSingleObject with its flags, and the ways to end it (contract 04 section 9). */
#include "say.h"

static HANDLE told, go;
static volatile LONG signals, timeouts;
static HANDLE own;
static BOOL ended;
static DWORD error;

static VOID CALLBACK on_wait(PVOID context, BOOLEAN timed_out)
{
    (void)context;
    InterlockedIncrement(timed_out ? &timeouts : &signals);
    SetEvent(told);
}

static VOID CALLBACK until_five(PVOID context, BOOLEAN timed_out)
{
    if (!timed_out && InterlockedIncrement(&signals) == 5) {
        ResetEvent((HANDLE)context);
        SetEvent(told);
    }
}

static VOID CALLBACK held(PVOID context, BOOLEAN timed_out)
{
    (void)context;
    (void)timed_out;
    InterlockedIncrement(&signals);
    SetEvent(told);
    WaitForSingleObject(go, 10000);
}

/* Ends its own wait, which it finds written. */
static VOID CALLBACK ends_itself(PVOID context, BOOLEAN timed_out)
{
    (void)context;
    (void)timed_out;
    ended = UnregisterWait(own);
    error = GetLastError();
    SetEvent(told);
}

static void one_of(const char *what, ULONG flags, HANDLE event)
{
    HANDLE wait;
    printf("-- %s\n", what);
    signals = timeouts = 0;
    say("RegisterWaitForSingleObject", RegisterWaitForSingleObject(&wait, event, on_wait, NULL, INFINITE, flags));
    SetEvent(event);
    say_wait("the callback", WaitForSingleObject(told, 10000));
    if (!(flags & WT_EXECUTEONLYONCE)) {
        SetEvent(event);
        say_wait("another one", WaitForSingleObject(told, 10000));
    }
    say("UnregisterWaitEx", UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
    printf("%ld signals, %ld time-outs\n", signals, timeouts);
}

int main(void)
{
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL), manual = CreateEventA(NULL, TRUE, TRUE, NULL), wait;
    HANDLE gone = CreateEventA(NULL, FALSE, FALSE, NULL);
    told = CreateEventA(NULL, FALSE, FALSE, NULL);
    go = CreateEventA(NULL, TRUE, FALSE, NULL);

    one_of("default", WT_EXECUTEDEFAULT, event);
    one_of("in the wait thread", WT_EXECUTEINWAITTHREAD, event);
    one_of("on an I/O thread", WT_EXECUTEINIOTHREAD, event);
    one_of("on a persistent thread", WT_EXECUTEINPERSISTENTTHREAD, event);
    one_of("long", WT_EXECUTELONGFUNCTION, event);
    one_of("once", WT_EXECUTEONLYONCE, event);

    puts("-- an object that stays signalled calls back until it is reset");
    signals = 0;
    say("RegisterWaitForSingleObject", RegisterWaitForSingleObject(&wait, manual, until_five, manual, INFINITE, WT_EXECUTEINWAITTHREAD));
    say_wait("five times", WaitForSingleObject(told, 10000));
    say("UnregisterWaitEx", UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
    printf("%ld signals\n", signals);

    puts("-- a limit");
    signals = timeouts = 0;
    say("RegisterWaitForSingleObject", RegisterWaitForSingleObject(&wait, event, on_wait, NULL, 20, WT_EXECUTEDEFAULT));
    say_wait("a time-out", WaitForSingleObject(told, 10000));
    say_wait("and another", WaitForSingleObject(told, 10000));
    say("UnregisterWaitEx", UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
    printf("%ld signals\n", signals);
    ResetEvent(told);

    puts("-- ended while its callback runs");
    signals = 0;
    say("RegisterWaitForSingleObject", RegisterWaitForSingleObject(&wait, event, held, NULL, INFINITE, WT_EXECUTEDEFAULT));
    SetEvent(event);
    say_wait("it runs", WaitForSingleObject(told, 10000));
    say("UnregisterWaitEx", UnregisterWaitEx(wait, gone));
    say_wait("not yet", WaitForSingleObject(gone, 50));
    SetEvent(go);
    say_wait("told by an event", WaitForSingleObject(gone, 10000));
    SetEvent(event);
    say_wait("no more", WaitForSingleObject(told, 50));
    ResetEvent(event);

    puts("-- ended by itself");
    SetEvent(event);
    say("RegisterWaitForSingleObject", RegisterWaitForSingleObject(&own, event, ends_itself, NULL, INFINITE, WT_EXECUTEONLYONCE));
    say_wait("done", WaitForSingleObject(told, 10000));
    SetLastError(error);
    say("UnregisterWait inside", ended);

    puts("-- errors");
    say("UnregisterWait of nothing", UnregisterWait(NULL));
    say("no object", RegisterWaitForSingleObject(&wait, NULL, on_wait, NULL, INFINITE, WT_EXECUTEDEFAULT));

    CloseHandle(gone);
    CloseHandle(go);
    CloseHandle(manual);
    CloseHandle(event);
    CloseHandle(told);
    return 0;
}
