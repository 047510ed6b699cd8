// A value for each thread: TlsAlloc, FlsAlloc with a callback, thread_local (design section 5: the companions).
#include "say.h"
#include <process.h>

static DWORD slot, fiber_slot;
static volatile LONG freed, freed_sum;
static thread_local int own = 5;

static VOID WINAPI free_value(PVOID value)
{
    InterlockedIncrement(&freed);
    InterlockedExchangeAdd(&freed_sum, (LONG)(ULONG_PTR)value);
}

static unsigned __stdcall uses(void *value)
{
    unsigned problems = 0;
    if (TlsGetValue(slot) != nullptr || FlsGetValue(fiber_slot) != nullptr || own != 5)
        problems++;
    TlsSetValue(slot, value);
    FlsSetValue(fiber_slot, value);
    own = (int)(ULONG_PTR)value;
    Sleep(20);
    if (TlsGetValue(slot) != value || FlsGetValue(fiber_slot) != value || own != (int)(ULONG_PTR)value)
        problems++;
    return problems;
}

int main()
{
    HANDLE threads[4];
    DWORD code, problems = 0;

    slot = TlsAlloc();
    fiber_slot = FlsAlloc(free_value);
    printf("allocated: %d\n", slot != TLS_OUT_OF_INDEXES && fiber_slot != FLS_OUT_OF_INDEXES);
    SetLastError(1234);
    printf("empty at first: %d", TlsGetValue(slot) == nullptr);
    printf(", last error %lu\n", GetLastError());
    say("TlsSetValue", TlsSetValue(slot, (LPVOID)1));
    for (ULONG_PTR i = 0; i < 4; i++)
        threads[i] = (HANDLE)_beginthreadex(nullptr, 0, uses, (void *)(10 + i), 0, nullptr);
    WaitForMultipleObjects(4, threads, TRUE, INFINITE);
    for (HANDLE thread : threads) {
        GetExitCodeThread(thread, &code);
        problems += code;
        CloseHandle(thread);
    }
    printf("problems %lu, mine is %lu\n", problems, (DWORD)(ULONG_PTR)TlsGetValue(slot));
    for (int i = 0; i < 1000 && freed < 4; i++)
        Sleep(1);
    printf("callbacks of ended threads %ld, sum %ld\n", freed, freed_sum);

    puts("-- TlsGetValue sets the last error to 0 when it succeeds");
    SetLastError(1234);
    TlsGetValue(slot);
    printf("last error %lu\n", GetLastError());
    puts("-- refused");
    say("TlsSetValue", TlsSetValue(100000, nullptr));
    SetLastError(0);
    printf("TlsGetValue: %d", TlsGetValue(100000) == nullptr);
    printf("/%lu\n", GetLastError());
    say("TlsFree", TlsFree(slot));
    say("TlsFree again", TlsFree(slot));
    say("FlsFree", FlsFree(fiber_slot));
    return 0;
}
