/* What a call answers, with its last error; a line for each that answers something else. */
#define _WIN32_WINNT 0x0A00
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

static void differs(int line, const char *call, long long found, DWORD error) {
    printf("%d: %s: %lld, last error %lu\n", line, call, found, error);
    failures = 1;
}

/* The last error before the call, which a call that succeeds need not change. */
#define BEFORE 57005
#define ASK(call, as_wanted)                                                       \
    do {                                                                           \
        SetLastError(BEFORE);                                                      \
        long long found = (long long)(call);                                       \
        DWORD error = GetLastError();                                              \
        if (!(as_wanted)) differs(__LINE__, #call, found, error);                  \
    } while (0)
#define IS(call, value) ASK(call, found == (long long)(value))
#define ENDS(call, value, code) ASK(call, found == (long long)(value) && error == (code))
#define FAILS(call, code) ASK(call, found == 0 && error == (code))
#define CODE(call, code) ASK((unsigned)(call), found == (long long)(code))
#define OPENS(call) ASK((size_t)(call), found != 0 && found != -1)
#define NONE(call, code) ASK((size_t)(call), (found == 0 || found == -1) && error == (code))
#define TEXT_IS(text, wanted) ASK(strcmp(text, wanted), found == 0)
#define WIDE_IS(text, wanted) ASK(wcscmp(text, wanted), found == 0)
