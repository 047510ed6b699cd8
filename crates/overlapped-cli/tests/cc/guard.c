/* Pages that tell of their first touch: a stack that grows by itself, as programs make them. */
#include <windows.h>
#include <stdio.h>

static char *base;
static volatile int told;

static LONG WINAPI grow(EXCEPTION_POINTERS *what) {
    EXCEPTION_RECORD *record = what->ExceptionRecord;
    if (record->ExceptionCode != STATUS_GUARD_PAGE_VIOLATION) return EXCEPTION_CONTINUE_SEARCH;
    printf("guard %d at %d\n", (int)record->ExceptionInformation[0], (int)((char *)record->ExceptionInformation[1] - base));
    told++;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static int touch(volatile char *at) {
    int caught = 0;
    __try { *at = 1; } __except (GetExceptionCode() == STATUS_GUARD_PAGE_VIOLATION ? EXCEPTION_EXECUTE_HANDLER : EXCEPTION_CONTINUE_SEARCH) { caught = 1; }
    return caught;
}

int main(void) {
    MEMORY_BASIC_INFORMATION about;
    DWORD old;
    PVOID handler;
    base = (char *)VirtualAlloc(NULL, 3 * 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);
    VirtualQuery(base, &about, sizeof about);
    printf("%#lx %d\n", about.Protect, (int)about.RegionSize);
    printf("%d", touch(base + 10));
    printf(" %d", touch(base + 10));
    printf(" %d\n", base[10]);
    VirtualQuery(base, &about, sizeof about);
    printf("%#lx %d\n", about.Protect, (int)about.RegionSize);
    handler = AddVectoredExceptionHandler(1, grow);
    *(volatile char *)(base + 4096 + 5) = 7;
    printf("%d %d\n", told, base[4096 + 5]);
    RemoveVectoredExceptionHandler(handler);
    printf("%d", VirtualProtect(base, 4096, PAGE_READONLY | PAGE_GUARD, &old));
    printf(" %#lx\n", old);
    printf("%d\n", touch(base));
    VirtualQuery(base, &about, sizeof about);
    printf("%#lx\n", about.Protect);
    return 0;
}
