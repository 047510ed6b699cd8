/* CreateThreadpoolTimer: relative, absolute and immediate due times, periods, stopping (threadpoolapiset.h). */
#include "say.h"

static HANDLE ticked;
static volatile LONG calls;

static VOID CALLBACK tick(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_TIMER timer)
{
    (void)instance;
    (void)timer;
    InterlockedIncrement((volatile LONG *)context);
    SetEvent(ticked);
}

/* Stops itself at the third call. */
static VOID CALLBACK three_times(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_TIMER timer)
{
    (void)instance;
    if (InterlockedIncrement((volatile LONG *)context) == 3) {
        SetThreadpoolTimer(timer, NULL, 0, 0);
        SetEvent(ticked);
    }
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

static FILETIME *at(LONGLONG milliseconds_from_now)
{
    static FILETIME time;
    ULARGE_INTEGER value;
    GetSystemTimeAsFileTime(&time);
    value.LowPart = time.dwLowDateTime;
    value.HighPart = time.dwHighDateTime;
    value.QuadPart += milliseconds_from_now * 10000;
    time.dwLowDateTime = value.LowPart;
    time.dwHighDateTime = value.HighPart;
    return &time;
}

int main(void)
{
    PTP_TIMER timer;
    DWORD start;

    ticked = CreateEventA(NULL, FALSE, FALSE, NULL);
    timer = CreateThreadpoolTimer(tick, (PVOID)&calls, NULL);
    say("CreateThreadpoolTimer", timer != NULL);
    printf("set: %d\n", IsThreadpoolTimerSet(timer));

    puts("-- relative");
    start = GetTickCount();
    SetThreadpoolTimer(timer, after(60), 0, 0);
    printf("set: %d\n", IsThreadpoolTimerSet(timer));
    say_wait("the callback", WaitForSingleObject(ticked, 10000));
    printf("not too early: %d\n", GetTickCount() - start >= 40);
    say_wait("once", WaitForSingleObject(ticked, 100));

    puts("-- absolute");
    SetThreadpoolTimer(timer, at(50), 0, 0);
    say_wait("the callback", WaitForSingleObject(ticked, 10000));
    SetThreadpoolTimer(timer, at(-100000), 0, 0);
    say_wait("a time that has passed", WaitForSingleObject(ticked, 10000));

    puts("-- at once");
    SetThreadpoolTimer(timer, after(0), 0, 0);
    say_wait("the callback", WaitForSingleObject(ticked, 10000));

    puts("-- stopped in time");
    SetThreadpoolTimer(timer, after(60000), 0, 0);
    SetThreadpoolTimer(timer, NULL, 0, 0);
    printf("set: %d\n", IsThreadpoolTimerSet(timer));
    WaitForThreadpoolTimerCallbacks(timer, TRUE);
    say_wait("no callback", WaitForSingleObject(ticked, 50));

    puts("-- set again replaces");
    SetThreadpoolTimer(timer, after(60000), 0, 0);
    SetThreadpoolTimer(timer, after(10), 0, 20);
    say_wait("the callback", WaitForSingleObject(ticked, 10000));
    SetThreadpoolTimer(timer, NULL, 0, 0);
    WaitForThreadpoolTimerCallbacks(timer, FALSE);
    CloseThreadpoolTimer(timer);
    printf("%ld calls\n", calls);

    puts("-- again and again");
    calls = 0;
    timer = CreateThreadpoolTimer(three_times, (PVOID)&calls, NULL);
    SetThreadpoolTimer(timer, after(10), 20, 0);
    say_wait("three times", WaitForSingleObject(ticked, 10000));
    WaitForThreadpoolTimerCallbacks(timer, TRUE);
    Sleep(100);
    printf("%ld calls\n", calls);
    CloseThreadpoolTimer(timer);
    CloseHandle(ticked);
    return 0;
}
