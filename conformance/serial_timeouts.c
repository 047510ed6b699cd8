/* The table of COMMTIMEOUTS (contract 01 section 5.4): a timeout is a success with fewer bytes. */
#include "say.h"
#include <string.h>

static HANDLE hNear, hFar;

static void set(DWORD interval, DWORD multiplier, DWORD constant)
{
    COMMTIMEOUTS timeouts;
    memset(&timeouts, 0, sizeof(timeouts));
    timeouts.ReadIntervalTimeout = interval;
    timeouts.ReadTotalTimeoutMultiplier = multiplier;
    timeouts.ReadTotalTimeoutConstant = constant;
    if (!SetCommTimeouts(hNear, &timeouts))
        printf("SetCommTimeouts: %lu\n", GetLastError());
}

static void put(const char *text)
{
    DWORD written = 0;
    if (!WriteFile(hFar, text, (DWORD)strlen(text), &written, NULL) || written != strlen(text))
        printf("WriteFile: %lu bytes, error %lu\n", written, GetLastError());
}

/* A read of ten bytes: what it got, whether it waited at least so long, and whether the last error is as before. */
static void take(const char *what, DWORD atLeast)
{
    char buffer[10];
    DWORD count = 99, start = GetTickCount(), time;
    BOOL ok;
    SetLastError(4711);
    ok = ReadFile(hNear, buffer, sizeof(buffer), &count, NULL);
    time = GetTickCount() - start;
    printf("%s: %s, %lu bytes \"%.*s\", last error %s, %s\n", what, ok ? "TRUE" : "FALSE", count, (int)count, buffer,
           GetLastError() == 4711 ? "untouched" : "changed", time + 16 >= atLeast ? "in time" : "too early");
}

static DWORD WINAPI later(LPVOID text)
{
    Sleep(50);
    put((const char *)text);
    return 0;
}

static void with_help(const char *what, const char *text, DWORD atLeast)
{
    HANDLE thread = CreateThread(NULL, 0, later, (LPVOID)text, 0, NULL);
    take(what, atLeast);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}

int main(void)
{
    COMMTIMEOUTS timeouts;
    char text[] = "held";
    DWORD count = 99;

    hNear = CreateFileA("COM7", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    hFar = CreateFileA("COM8", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    say_handle("COM7", hNear);
    say_handle("COM8", hFar);
    if (hNear == INVALID_HANDLE_VALUE || hFar == INVALID_HANDLE_VALUE)
        return 1;

    set(MAXDWORD, 0, 0);
    take("at once, nothing there", 0);
    put("abc");
    take("at once", 0);
    set(0, 0, 0);
    put("0123456789");
    take("no limit, all there", 0);
    with_help("no limit", "9876543210", 0);
    set(0, 10, 0);
    take("10 ms a byte", 100);
    set(0, 0, 60);
    take("60 ms", 60);
    put("few");
    take("60 ms, three bytes", 60);
    set(40, 0, 0);
    with_help("a gap of 40 ms", "gap", 40);
    set(40, 0, 100);
    take("a gap of 40 ms or 100 ms", 100);
    set(MAXDWORD, MAXDWORD, 80);
    take("the first within 80 ms", 80);
    set(MAXDWORD, MAXDWORD, 30000);
    with_help("the first within 30 s", "first", 0);
    put("there");
    take("the first within 30 s, there", 0);
    memset(&timeouts, 0xFF, sizeof(timeouts));
    say("MAXDWORD three times", SetCommTimeouts(hNear, &timeouts));

    memset(&timeouts, 0, sizeof(timeouts));
    timeouts.WriteTotalTimeoutMultiplier = 5;
    timeouts.WriteTotalTimeoutConstant = 20;
    say("SetCommTimeouts", SetCommTimeouts(hFar, &timeouts));
    say("SETXOFF", EscapeCommFunction(hFar, SETXOFF));
    SetLastError(4711);
    say("a write that is held", WriteFile(hFar, text, 4, &count, NULL));
    printf("%lu bytes, last error %lu\n", count, GetLastError());
    CloseHandle(hNear);
    CloseHandle(hFar);
    return 0;
}
