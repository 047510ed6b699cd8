/* Structured exceptions in two rounds: filters are asked where the exception is, and may have the program go on; __finally blocks
 * run after a filter has decided. */
#include <windows.h>
#include <stdio.h>

static char *page;
static int depth;

static int ask(const char *who, DWORD code, int answer)
{
    printf("  %s is asked about %lX at depth %d\n", who, (unsigned long)code, depth);
    return answer;
}

static int commit(EXCEPTION_POINTERS *information)
{
    EXCEPTION_RECORD *record = information->ExceptionRecord;
    if (record->ExceptionCode != EXCEPTION_ACCESS_VIOLATION)
        return EXCEPTION_CONTINUE_SEARCH;
    printf("  %s at offset %lu\n", record->ExceptionInformation[0] ? "a write" : "a read",
           (unsigned long)((char *)record->ExceptionInformation[1] - page) / 4096 * 4096);
    if (!VirtualAlloc((LPVOID)record->ExceptionInformation[1], 1, MEM_COMMIT, PAGE_READWRITE))
        return EXCEPTION_EXECUTE_HANDLER;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void deep(int levels, DWORD code, DWORD flags)
{
    volatile char room[512];
    room[0] = (char)levels;
    room[511] = 77;
    depth++;
    if (levels > 0) {
        deep(levels - 1, code, flags);
    } else {
        ULONG_PTR numbers[2] = {5, 6};
        RaiseException(code, flags, 2, numbers);
    }
    depth--;
    if (room[0] != (char)levels || room[511] != 77)
        puts("the stack is damaged");
}

static void goes_on(void)
{
    volatile int local = 1;
    puts("-- the program goes on where it was");
    __try {
        local = 2;
        deep(3, 0xE0000001, 0);
        printf("after the exception: depth %d, local %d\n", depth, local);
        deep(1, 0xE0000002, 0);
        printf("and after another: depth %d\n", depth);
    } __except (local++, ask("the filter", GetExceptionCode(), EXCEPTION_CONTINUE_EXECUTION)) {
        puts("not reached");
    }
    printf("the filter changed local to %d\n", local);
}

static void pages(void)
{
    volatile int i;
    puts("-- pages are made when they are touched");
    page = (char *)VirtualAlloc(NULL, 4 * 4096, MEM_RESERVE, PAGE_NOACCESS);
    __try {
        for (i = 0; i < 4 * 4096; i += 1024)
            *(volatile char *)(page + i) = (char)(i / 1024);
        printf("the last is %d\n", *(volatile char *)(page + 15 * 1024));
    } __except (commit(GetExceptionInformation())) {
        puts("not reached");
    }
    VirtualFree(page, 0, MEM_RELEASE);
}

static void rounds(void)
{
    puts("-- first the filters, then the blocks");
    __try {
        __try {
            __try {
                deep(2, 0xE0000003, 0);
            } __finally {
                printf("  inner __finally, abnormal %d, depth %d\n", AbnormalTermination(), depth);
            }
        } __except (ask("the inner filter", GetExceptionCode(), EXCEPTION_CONTINUE_SEARCH)) {
            puts("not reached");
        }
    } __except (ask("the outer filter", GetExceptionCode(), EXCEPTION_EXECUTE_HANDLER)) {
        printf("  handled %lX\n", (unsigned long)GetExceptionCode());
    }
    depth = 0;
}

static void helper(DWORD code)
{
    __try {
        __try {
            RaiseException(code, 0, 0, NULL);
        } __finally {
            puts("  the helper's __finally");
        }
    } __except (ask("the helper's filter", GetExceptionCode(), EXCEPTION_CONTINUE_SEARCH)) {
        puts("not reached");
    }
}

static int filter_with_a_block(DWORD code)
{
    int answer = EXCEPTION_CONTINUE_SEARCH;
    __try {
        RaiseException(0xE0000010, 0, 0, NULL);
    } __except (GetExceptionCode() == 0xE0000010 ? EXCEPTION_EXECUTE_HANDLER : EXCEPTION_CONTINUE_SEARCH) {
        printf("  inside the filter for %lX\n", (unsigned long)code);
        answer = EXCEPTION_EXECUTE_HANDLER;
    }
    return answer;
}

static void nested(void)
{
    puts("-- through a function");
    __try {
        helper(0xE0000004);
    } __except (ask("the caller's filter", GetExceptionCode(), EXCEPTION_EXECUTE_HANDLER)) {
        puts("  handled");
    }
    puts("-- an exception inside a filter");
    __try {
        deep(2, 0xE0000005, 0);
    } __except (filter_with_a_block(GetExceptionCode())) {
        printf("  handled %lX\n", (unsigned long)GetExceptionCode());
    }
    depth = 0;
    puts("-- an exception inside a __finally block");
    __try {
        __try {
            RaiseException(0xE0000006, 0, 0, NULL);
        } __finally {
            __try {
                RaiseException(0xE0000007, 0, 0, NULL);
            } __except (EXCEPTION_EXECUTE_HANDLER) {
                printf("  %lX in the block\n", (unsigned long)GetExceptionCode());
            }
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        printf("  handled %lX\n", (unsigned long)GetExceptionCode());
    }
}

static void not_continuable(void)
{
    puts("-- what cannot go on does not");
    __try {
        RaiseException(0xE0000008, EXCEPTION_NONCONTINUABLE, 0, NULL);
    } __except (GetExceptionCode() == 0xE0000008 ? EXCEPTION_CONTINUE_EXECUTION : EXCEPTION_EXECUTE_HANDLER) {
        printf("  handled %lX\n", (unsigned long)GetExceptionCode());
    }
}

static DWORD WINAPI thread(LPVOID unused)
{
    volatile int *volatile nowhere = NULL;
    (void)unused;
    __try {
        *nowhere = 1;
    } __except (GetExceptionCode() == EXCEPTION_ACCESS_VIOLATION ? EXCEPTION_EXECUTE_HANDLER : EXCEPTION_CONTINUE_SEARCH) {
        return 3;
    }
    return 4;
}

static void loops(void)
{
    volatile int i, caught = 0, ended = 0;
    puts("-- often");
    for (i = 0; i < 20000; i++) {
        __try {
            __try {
                if (i % 4 == 0)
                    continue;
                if (i % 4 == 1)
                    __leave;
                RaiseException(0xE0000009, 0, 0, NULL);
            } __finally {
                ended++;
            }
        } __except (i % 4 == 2 ? EXCEPTION_CONTINUE_EXECUTION : EXCEPTION_EXECUTE_HANDLER) {
            caught++;
        }
    }
    printf("%d caught\n", caught);
}

int main(void)
{
    HANDLE threads[4];
    DWORD code, i;
    setvbuf(stdout, NULL, _IONBF, 0);
    goes_on();
    pages();
    rounds();
    nested();
    not_continuable();
    loops();
    for (i = 0; i < 4; i++)
        threads[i] = CreateThread(NULL, 0, thread, NULL, 0, NULL);
    WaitForMultipleObjects(4, threads, TRUE, INFINITE);
    for (i = 0; i < 4; i++) {
        GetExitCodeThread(threads[i], &code);
        printf("thread: %lu\n", code);
        CloseHandle(threads[i]);
    }
    return 0;
}
