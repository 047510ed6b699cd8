/* Exceptions that vectored handlers see and mend: faults of the machine, RaiseException, and the registers in between. */
#include "say.h"
#include <setjmp.h>

static int calls, after;
static jmp_buf way_out;
static volatile char *page;

static void show(const char *who, EXCEPTION_POINTERS *exception)
{
    EXCEPTION_RECORD *record = exception->ExceptionRecord;
    printf("%s: %08lX flags %lu with %lu\n", who, (unsigned long)record->ExceptionCode, (unsigned long)record->ExceptionFlags & 1,
           (unsigned long)record->NumberParameters);
}

static LONG CALLBACK first(EXCEPTION_POINTERS *exception)
{
    calls++;
    show("first", exception);
    switch (exception->ExceptionRecord->ExceptionCode) {
    case 0xE0000001:
        return EXCEPTION_CONTINUE_EXECUTION;
    case EXCEPTION_ACCESS_VIOLATION:
        if (page && (volatile char *)exception->ExceptionRecord->ExceptionInformation[1] == page + 5) {
            printf("a %s of the page\n", exception->ExceptionRecord->ExceptionInformation[0] ? "write" : "read");
            printf("the page: %d\n", VirtualAlloc((void *)page, 4096, MEM_COMMIT, PAGE_READWRITE) == page);
            return EXCEPTION_CONTINUE_EXECUTION;
        }
        return EXCEPTION_CONTINUE_SEARCH;
    default:
        return EXCEPTION_CONTINUE_SEARCH;
    }
}

static LONG CALLBACK second(EXCEPTION_POINTERS *exception)
{
    CONTEXT *context = exception->ContextRecord;
    show("second", exception);
    switch (exception->ExceptionRecord->ExceptionCode) {
#if defined(__x86_64__)
    case EXCEPTION_ILLEGAL_INSTRUCTION:
        printf("on it: %d\n", (DWORD64)exception->ExceptionRecord->ExceptionAddress == context->Rip);
        context->Rip += 2;
        context->Rcx += 1000;
        return EXCEPTION_CONTINUE_EXECUTION;
    case EXCEPTION_BREAKPOINT:
        printf("on it: %d\n", *(unsigned char *)context->Rip == 0xCC);
        context->Rip += 1;
        return EXCEPTION_CONTINUE_EXECUTION;
    case EXCEPTION_INT_DIVIDE_BY_ZERO:
        context->Rcx = 5;
        return EXCEPTION_CONTINUE_EXECUTION;
    case EXCEPTION_PRIV_INSTRUCTION:
        context->Rip += 1;
        return EXCEPTION_CONTINUE_EXECUTION;
#endif
    case 0xE0000002:
        printf("%lu %lu\n", (unsigned long)exception->ExceptionRecord->ExceptionInformation[0],
               (unsigned long)exception->ExceptionRecord->ExceptionInformation[1]);
        printf("a context: %d\n", context != NULL && (context->ContextFlags & CONTEXT_FULL) == CONTEXT_FULL);
        return EXCEPTION_CONTINUE_EXECUTION;
    default:
        longjmp(way_out, 1);
    }
}

static LONG CALLBACK continues(EXCEPTION_POINTERS *exception)
{
    after++;
    show("goes on", exception);
    return EXCEPTION_CONTINUE_SEARCH;
}

static void faults(void)
{
#if defined(__x86_64__)
    unsigned long long c = 7;
    unsigned a = 100, d = 0, by = 0;
    puts("-- an instruction that is none is left out, and a register changed");
    __asm__ volatile("ud2" : "+c"(c));
    printf("%d\n", (int)c);
    puts("-- a breakpoint");
    __asm__ volatile("int3");
    puts("-- a division by zero is done by five");
    __asm__ volatile("divl %%ecx" : "+a"(a), "+d"(d), "+c"(by));
    printf("%u\n", a);
    puts("-- an instruction for kernels");
    __asm__ volatile("hlt");
#endif
}

int main(void)
{
    ULONG_PTR information[2] = {3, 4};
    PVOID one, two, last;

    two = AddVectoredExceptionHandler(0, second);
    one = AddVectoredExceptionHandler(1, first);
    last = AddVectoredContinueHandler(0, continues);
    printf("handlers: %d %d %d\n", one != NULL, two != NULL, last != NULL);

    puts("-- the first that decides is the last that is asked");
    RaiseException(0xE0000001, 0, 0, NULL);
    RaiseException(0xE0000002, 0, 2, information);
    printf("%d calls, %d went on\n", calls, after);

    puts("-- memory that comes when it is touched");
    page = (volatile char *)VirtualAlloc(NULL, 65536, MEM_RESERVE, PAGE_READWRITE);
    page[5] = 42;
    printf("%d\n", page[5]);

    faults();

    puts("-- out of a handler");
    if (setjmp(way_out) == 0)
        RaiseException(0xE0000003, EXCEPTION_NONCONTINUABLE, 0, NULL);
    puts("out");

    puts("-- handlers that are gone are not asked");
    printf("removed: %lu\n", (unsigned long)RemoveVectoredExceptionHandler(one));
    printf("again: %lu\n", (unsigned long)RemoveVectoredExceptionHandler(one));
    printf("of the other kind: %lu\n", (unsigned long)RemoveVectoredContinueHandler(two));
    RaiseException(0xE0000002, 0, 2, information);
    printf("removed: %lu %lu\n", (unsigned long)RemoveVectoredContinueHandler(last), (unsigned long)RemoveVectoredExceptionHandler(two));
    return 0;
}
