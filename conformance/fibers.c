/* Fibers: who runs when, what belongs to them, and what is refused. */
#include "say.h"

static LPVOID main_fiber, ping_fiber, pong_fiber;
static DWORD slot;
static int floats_kept = 1;

static VOID CALLBACK gone(PVOID value)
{
    printf("value %lu is gone\n", (unsigned long)(ULONG_PTR)value);
}

static VOID CALLBACK player(LPVOID name)
{
    LPVOID other = strcmp((const char *)name, "ping") == 0 ? pong_fiber : ping_fiber;
    volatile double mine = strlen((const char *)name) + 0.25;
    int round;
    printf("%s begins: %d %d %d\n", (const char *)name, GetFiberData() == name, IsThreadAFiber(), FlsGetValue(slot) == NULL);
    FlsSetValue(slot, (PVOID)(ULONG_PTR)(*(const char *)GetFiberData() == 'p' && ((const char *)name)[1] == 'i' ? 11 : 22));
    for (round = 1; round <= 3; round++) {
        printf("%s %d with %lu\n", (const char *)name, round, (unsigned long)(ULONG_PTR)FlsGetValue(slot));
        if (mine != strlen((const char *)name) + 0.25)
            floats_kept = 0;
        SwitchToFiber(round == 3 ? main_fiber : other);
    }
    puts("not reached");
}

static VOID CALLBACK returns(LPVOID unused)
{
    (void)unused;
    puts("a fiber returns");
}

static DWORD WINAPI ends_with_its_fiber(LPVOID unused)
{
    (void)unused;
    ConvertThreadToFiber(NULL);
    SwitchToFiber(CreateFiber(0, returns, NULL));
    puts("not reached");
    return 7;
}

int main(void)
{
    HANDLE thread;
    DWORD code = 99;

    puts("-- what is refused");
    printf("a fiber: %d\n", IsThreadAFiber());
    say("ConvertFiberToThread", ConvertFiberToThread());
    slot = FlsAlloc(gone);
    FlsSetValue(slot, (PVOID)(ULONG_PTR)33);
    main_fiber = ConvertThreadToFiber((LPVOID)"main");
    printf("converted: %d %d %d\n", main_fiber != NULL, GetCurrentFiber() == main_fiber, strcmp((char *)GetFiberData(), "main"));
    say("again", ConvertThreadToFiber(NULL) != NULL);
    printf("a fiber: %d\n", IsThreadAFiber());

    puts("-- two take turns");
    ping_fiber = CreateFiber(0, player, (LPVOID)"ping");
    pong_fiber = CreateFiber(65536, player, (LPVOID)"pong");
    SwitchToFiber(ping_fiber);
    puts("back");
    SwitchToFiber(pong_fiber);
    printf("back with %lu, numbers kept: %d\n", (unsigned long)(ULONG_PTR)FlsGetValue(slot), floats_kept);

    puts("-- they are deleted");
    DeleteFiber(ping_fiber);
    DeleteFiber(pong_fiber);
    say("ConvertFiberToThread", ConvertFiberToThread());
    printf("still %lu\n", (unsigned long)(ULONG_PTR)FlsGetValue(slot));

    puts("-- a fiber that returns ends its thread");
    thread = CreateThread(NULL, 0, ends_with_its_fiber, NULL, 0, NULL);
    say_wait("the thread", WaitForSingleObject(thread, 10000));
    GetExitCodeThread(thread, &code);
    printf("code %lu\n", (unsigned long)code);
    CloseHandle(thread);
    FlsFree(slot);
    return 0;
}
