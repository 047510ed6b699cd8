/* Structured exceptions, in C and in C++. Prints what happened. */
#include <windows.h>
#include <stdio.h>

static int filtered(DWORD code, EXCEPTION_POINTERS *info) {
    printf("filter %08lX %lu", (unsigned long)code, (unsigned long)info->ExceptionRecord->NumberParameters);
    if (info->ExceptionRecord->NumberParameters) printf(" %lu", (unsigned long)info->ExceptionRecord->ExceptionInformation[0]);
    printf("\n");
    return code == 0xE0000001 || code == EXCEPTION_ACCESS_VIOLATION ? EXCEPTION_EXECUTE_HANDLER : EXCEPTION_CONTINUE_SEARCH;
}

static void raise(DWORD code) {
    ULONG_PTR information[2] = {7, 8};
    RaiseException(code, 0, 2, information);
}

static int leaves_early(int how) {
    __try {
        if (how) return 1;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return 3;
    }
    return 2;
}

static void inner(DWORD code) {
    __try {
        __try {
            raise(code);
            printf("not reached\n");
        } __finally {
            printf("finally %d\n", AbnormalTermination());
        }
        printf("not reached\n");
    } __except (filtered(GetExceptionCode(), GetExceptionInformation())) {
        printf("handled %08lX\n", (unsigned long)GetExceptionCode());
    }
}

int main(void) {
    volatile int rounds = 0;
    int i;
    setvbuf(stdout, NULL, _IONBF, 0);
    inner(0xE0000001);
    __try {
        inner(0xE0000002);
        printf("not reached\n");
    } __except (GetExceptionCode() == 0xE0000002 ? EXCEPTION_EXECUTE_HANDLER : EXCEPTION_CONTINUE_SEARCH) {
        printf("outer handled\n");
    }
    for (i = 0; i < 10; i++) {
        __try {
            if (i == 2) continue;
            if (i == 5) break;
            rounds++;
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            printf("not reached\n");
        }
    }
    printf("rounds %d, %d %d\n", rounds, leaves_early(1), leaves_early(0));
    __try {
        __try {
            raise(1);
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            printf("first\n");
            raise(2);
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        printf("second %lu\n", (unsigned long)GetExceptionCode());
    }
    __try {
        printf("body\n");
    } __finally {
        printf("finally %d\n", AbnormalTermination());
    }
    for (i = 0; i < 2; i++) {
        __try {
            int *volatile nowhere = NULL;
            printf("%d\n", i ? (*nowhere = 1) : *nowhere);
        } __except (filtered(GetExceptionCode(), GetExceptionInformation())) {
            printf("fault\n");
        }
    }
    __try {
        volatile int zero = 0;
        printf("%d\n", 100 / zero);
    } __except (GetExceptionCode() == EXCEPTION_INT_DIVIDE_BY_ZERO ? EXCEPTION_EXECUTE_HANDLER : EXCEPTION_CONTINUE_SEARCH) {
        printf("divided\n");
    }
    printf("end\n");
    return 0;
}
