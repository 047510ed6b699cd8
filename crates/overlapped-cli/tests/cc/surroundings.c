/* What Microsoft's C library and the loader do that programs count on. */
#include <float.h>
#include <math.h>
#include <process.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

/* As libraries of threads for Windows have it, with <signal.h> before. */
#ifndef __cplusplus
typedef struct own_attributes *pthread_attr_t;
#else
#define pthread_attr_t void *
#endif

__pragma(pack(push, 1)) struct Packed {
    char first;
    int second;
};
__pragma(pack(pop)) __pragma(comment(lib, "ws2_32"))

static DWORD WINAPI last(LPVOID argument) {
    (void)argument;
    Sleep(50);
    printf("the last\n");
    fflush(stdout);
    return 0x1234567;
}

/* A thread's number is written before its function begins. */
static DWORD WINAPI knows(LPVOID number) { return *(volatile DWORD *)number == GetCurrentThreadId(); }

static void threads(void) {
    DWORD i, number, right, sum = 0;
    for (i = 0; i < 100; i++) {
        HANDLE thread = CreateThread(NULL, 0, knows, &number, 0, &number);
        if (WaitForSingleObject(thread, 60000) || !GetExitCodeThread(thread, &right)) break;
        sum += right;
        CloseHandle(thread);
    }
    printf("%lu\n", (unsigned long)sum);
}

static void numbers(void) {
    pthread_attr_t none = 0;
    volatile double one = 1.0, three = 3.0, zero = 0.0;
    double near_to = one / three, up;
    srand(1);
    printf("%d %d %d %d\n", rand(), RAND_MAX, none == 0, (int)sizeof(struct Packed));
    printf("%x ", _controlfp(0, 0));
    _controlfp(_RC_UP, _MCW_RC);
    up = one / three;
    _controlfp(_CW_DEFAULT, _MCW_RC);
    printf("%d ", up > near_to);
    _clearfp();
    up = one / zero;
    printf("%x %d %d %d %g\n", _clearfp() & _SW_ZERODIVIDE, _finite(up), _isnan(up - up), _fpclass(-up) == _FPCLASS_NINF, _copysign(2, -one));
}

/* A library of which only its directory knows. */
static void search(void) {
    char here[MAX_PATH], sub[MAX_PATH + 8], set[MAX_PATH + 8];
    wchar_t wide[MAX_PATH + 8];
    DLL_DIRECTORY_COOKIE cookie;
    int found[5];
    GetModuleFileNameA(NULL, here, sizeof here);
    strcpy(strrchr(here, '\\') + 1, "");
    snprintf(sub, sizeof sub, "%ssub", here);
#define FOUND(flags) (LoadLibraryExA("part_of_test.dll", NULL, flags) ? 1 : (int)GetLastError())
    SetCurrentDirectoryA("C:\\");
    found[0] = FOUND(0);
    SetDllDirectoryA(sub);
    GetDllDirectoryA(sizeof set, set);
    found[1] = FOUND(0) == 1 && FreeLibrary(GetModuleHandleA("part_of_test.dll")) && !strcmp(set, sub);
    SetDllDirectoryA("");
    SetCurrentDirectoryA(sub);
    found[2] = FOUND(0);
    SetDllDirectoryA(NULL);
    found[3] = FOUND(LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
    MultiByteToWideChar(CP_UTF8, 0, sub, -1, wide, MAX_PATH + 8);
    cookie = AddDllDirectory(wide);
    found[4] = FOUND(LOAD_LIBRARY_SEARCH_USER_DIRS) == 1 && RemoveDllDirectory(cookie) && !RemoveDllDirectory(cookie);
    printf("%d %d %d %d %d %d\n", found[0], found[1], found[2], found[3], found[4], FOUND(0));
}

/* What every Windows has, by any way and in any case, until it is taken away. */
static void variables(void) {
    char by_name[64], expanded[64];
    const char *root = getenv("systemroot"), *os = getenv("OS");
    GetEnvironmentVariableA("SYSTEMROOT", by_name, sizeof by_name);
    ExpandEnvironmentStringsA("%windir%\\x", expanded, sizeof expanded);
    printf("%s %s %s %s %d ", root, os, by_name, expanded, getenv("TEMP") && getenv("Tmp"));
    _putenv("OS=mine");
    os = getenv("os");
    printf("%s ", os);
    SetEnvironmentVariableA("OS", NULL);
    printf("%d\n", getenv("OS") == NULL);
}

int main(void) {
    numbers();
    variables();
    threads();
    search();
    fflush(stdout);
    CloseHandle(CreateThread(NULL, 0, last, NULL, 0, NULL));
    ExitThread(3);
}
