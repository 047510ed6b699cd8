/* Waitable timers: once, periodic, both kinds of reset, with a routine (contract 04 section 6). */
#include "say.h"

static int calls, right_argument;
static VOID CALLBACK expired(LPVOID argument, DWORD low, DWORD high)
{
    calls++;
    right_argument = argument == &right_argument && (low != 0 || high != 0);
}

static BOOL set(HANDLE timer, LONG ms, LONG period, PTIMERAPCROUTINE routine)
{
    LARGE_INTEGER due;
    due.QuadPart = -10000LL * ms;
    return SetWaitableTimer(timer, &due, period, routine, &right_argument, FALSE);
}

int main(void)
{
    LARGE_INTEGER past;
    DWORD started;
    HANDLE manual = CreateWaitableTimerA(NULL, TRUE, NULL), automatic = CreateWaitableTimerA(NULL, FALSE, NULL);

    puts("-- manual-reset");
    say_wait("not set yet", WaitForSingleObject(manual, 0));
    started = GetTickCount();
    say("set for 50 ms", set(manual, 50, 0, NULL));
    say_wait("before", WaitForSingleObject(manual, 0));
    say_wait("it expires", WaitForSingleObject(manual, 10000));
    printf("not early: %s\n", GetTickCount() - started >= 35 ? "yes" : "no");
    say_wait("and stays signalled", WaitForSingleObject(manual, 0));
    say("set anew", set(manual, 60000, 0, NULL));
    say_wait("setting resets", WaitForSingleObject(manual, 0));
    say("cancelled", CancelWaitableTimer(manual));

    puts("-- synchronization");
    say("set for now", set(automatic, 0, 0, NULL));
    say_wait("it expires", WaitForSingleObject(automatic, 10000));
    say_wait("one wait resets it", WaitForSingleObject(automatic, 0));

    puts("-- periodic");
    say("set, each 20 ms", set(automatic, 20, 20, NULL));
    say_wait("first", WaitForSingleObject(automatic, 10000));
    say_wait("second", WaitForSingleObject(automatic, 10000));
    say_wait("third", WaitForSingleObject(automatic, 10000));
    say("cancelled", CancelWaitableTimer(automatic));
    WaitForSingleObject(automatic, 0);
    say_wait("no more", WaitForSingleObject(automatic, 60));

    puts("-- a time that has passed");
    past.QuadPart = 1;
    say("set", SetWaitableTimer(automatic, &past, 0, NULL, NULL, FALSE));
    say_wait("at once", WaitForSingleObject(automatic, 10000));

    puts("-- with a routine");
    say("set for 20 ms", set(manual, 20, 0, expired));
    Sleep(60);
    printf("without an alertable wait: %d calls\n", calls);
    say_wait("SleepEx", SleepEx(INFINITE, TRUE));
    printf("%d call, argument and time %s\n", calls, right_argument ? "right" : "wrong");
    calls = 0;
    set(manual, 20, 0, expired);
    Sleep(60);
    say("cancelling takes the routine back", CancelWaitableTimer(manual));
    say_wait("SleepEx", SleepEx(0, TRUE));
    say_wait("but the timer stays signalled", WaitForSingleObject(manual, 0));
    set(automatic, 5, 10, expired);
    Sleep(80);
    say_wait("periodic, several periods late", SleepEx(INFINITE, TRUE));
    CancelWaitableTimer(automatic);
    printf("at least one call: %s, fewer than periods: %s\n", calls >= 1 ? "yes" : "no", calls <= 2 ? "yes" : "no");

    puts("-- refused");
    say("a negative period", set(manual, 1, -1, NULL));
    say("no timer", set(NULL, 1, 0, NULL));
    say("cancelling no timer", CancelWaitableTimer(NULL));

    CloseHandle(manual);
    CloseHandle(automatic);
    return 0;
}
