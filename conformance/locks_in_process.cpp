// Critical sections, slim locks, condition variables, one-time initialisation and the Interlocked functions, from several threads
// (design section 5: the companions).
#include "say.h"
#include <process.h>

static const int THREADS = 4, ROUNDS = 20000;

static CRITICAL_SECTION section;
static SRWLOCK slim = SRWLOCK_INIT;
static long under_section, under_slim;
static volatile LONG interlocked, compared, bits;
static volatile LONGLONG wide;

static unsigned __stdcall counts(void *)
{
    for (int i = 0; i < ROUNDS; i++) {
        EnterCriticalSection(&section);
        EnterCriticalSection(&section); // by the same thread, again
        under_section++;
        LeaveCriticalSection(&section);
        LeaveCriticalSection(&section);

        AcquireSRWLockExclusive(&slim);
        under_slim++;
        ReleaseSRWLockExclusive(&slim);

        InterlockedIncrement(&interlocked);
        InterlockedExchangeAdd64(&wide, 3);
        LONG seen;
        do {
            seen = compared;
        } while (InterlockedCompareExchange(&compared, seen + 2, seen) != seen);
    }
    return 0;
}

// A queue of one number: producer and consumer.
static CONDITION_VARIABLE filled, emptied;
static int slot;
static unsigned __stdcall produces(void *)
{
    for (int i = 1; i <= 1000; i++) {
        EnterCriticalSection(&section);
        while (slot != 0)
            SleepConditionVariableCS(&emptied, &section, INFINITE);
        slot = i;
        LeaveCriticalSection(&section);
        WakeConditionVariable(&filled);
    }
    return 0;
}

static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
static volatile LONG initialisations;
static BOOL CALLBACK initialise(PINIT_ONCE, PVOID parameter, PVOID *context)
{
    InterlockedIncrement(&initialisations);
    *context = parameter;
    return TRUE;
}
static unsigned __stdcall asks_once(void *parameter)
{
    void *context = nullptr;
    return InitOnceExecuteOnce(&once, initialise, parameter, &context) && context == parameter ? 0 : 1;
}

static unsigned __stdcall tries(void *)
{
    return TryEnterCriticalSection(&section) ? 1 : 2;
}

template <typename Function> static DWORD run(Function function, int count, void *argument)
{
    HANDLE threads[8] = {};
    DWORD sum = 0, code;
    for (int i = 0; i < count; i++)
        threads[i] = (HANDLE)_beginthreadex(nullptr, 0, function, argument, 0, nullptr);
    WaitForMultipleObjects(count, threads, TRUE, INFINITE);
    for (int i = 0; i < count; i++) {
        GetExitCodeThread(threads[i], &code);
        sum += code;
        CloseHandle(threads[i]);
    }
    return sum;
}

int main()
{
    InitializeCriticalSection(&section);
    run(counts, THREADS, nullptr);
    printf("critical section %ld, slim lock %ld\n", under_section, under_slim);
    printf("increment %ld, compare-exchange %ld, 64 bits %I64d\n", interlocked, compared, wide);

    puts("-- what the Interlocked functions return");
    LONG value = 10;
    printf("increment %ld", InterlockedIncrement(&value));
    printf(", decrement %ld", InterlockedDecrement(&value));
    printf(", exchange %ld", InterlockedExchange(&value, 20));
    printf(", add %ld", InterlockedExchangeAdd(&value, 5));
    printf(", no match %ld", InterlockedCompareExchange(&value, 1, 99));
    printf(", or %ld", InterlockedOr(&bits, 6));
    printf(", and %ld", InterlockedAnd(&bits, 3));
    printf(", now %ld and %ld\n", value, bits);

    puts("-- trying");
    printf("free: %d\n", TryEnterCriticalSection(&section));
    printf("held by another thread: %lu\n", run(tries, 1, nullptr));
    LeaveCriticalSection(&section);
    printf("free for another thread: %d\n", TryAcquireSRWLockExclusive(&slim));
    printf("held: %d, shared too: %d\n", TryAcquireSRWLockExclusive(&slim), TryAcquireSRWLockShared(&slim));
    ReleaseSRWLockExclusive(&slim);
    AcquireSRWLockShared(&slim);
    printf("two readers: %d\n", TryAcquireSRWLockShared(&slim));
    ReleaseSRWLockShared(&slim);
    ReleaseSRWLockShared(&slim);

    puts("-- condition variables");
    InitializeConditionVariable(&filled);
    InitializeConditionVariable(&emptied);
    HANDLE producer = (HANDLE)_beginthreadex(nullptr, 0, produces, nullptr, 0, nullptr);
    long sum = 0;
    for (int i = 0; i < 1000; i++) {
        EnterCriticalSection(&section);
        while (slot == 0)
            SleepConditionVariableCS(&filled, &section, INFINITE);
        sum += slot;
        slot = 0;
        LeaveCriticalSection(&section);
        WakeConditionVariable(&emptied);
    }
    WaitForSingleObject(producer, INFINITE);
    CloseHandle(producer);
    printf("sum %ld\n", sum);
    EnterCriticalSection(&section);
    say("nobody wakes it", SleepConditionVariableCS(&filled, &section, 20));
    LeaveCriticalSection(&section);
    AcquireSRWLockExclusive(&slim);
    say("nor this one", SleepConditionVariableSRW(&filled, &slim, 20, 0));
    ReleaseSRWLockExclusive(&slim);

    puts("-- once");
    printf("wrong answers %lu", run(asks_once, THREADS, &once));
    printf(", initialisations %ld\n", initialisations);

    DeleteCriticalSection(&section);
    return 0;
}
