/* What a program learns of its surroundings: directories, environment, times, the machine, its own functions
 * (design section 5: the companions; FILETIME: contract 02 section 1). */
#include "say.h"
#include <string.h>

int main(void)
{
    char path[MAX_PATH], value[32];
    SYSTEM_INFO system;
    SYSTEMTIME time, back;
    FILETIME filetime;
    LARGE_INTEGER frequency, first, second;
    ULONGLONG ticks;
    DWORD n;
    HMODULE module;

    puts("-- directories");
    n = GetCurrentDirectoryA(sizeof path, path);
    printf("current: %s\n", n > 0 && n == strlen(path) ? "known" : "unknown");
    printf("room needed: %s\n", GetCurrentDirectoryA(0, NULL) == n + 1 ? "with the end" : "wrong");
    CreateDirectoryA("inside", NULL);
    say("SetCurrentDirectory", SetCurrentDirectoryA("inside"));
    CloseHandle(CreateFileA("mark.txt", GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL));
    say("back", SetCurrentDirectoryA(".."));
    printf("the file is inside: %d\n", GetFileAttributesA("inside\\mark.txt") != INVALID_FILE_ATTRIBUTES);
    say("SetCurrentDirectory to none", SetCurrentDirectoryA("nowhere"));
    n = GetTempPathA(sizeof path, path);
    printf("temporary: %s\n", n > 1 && path[n] == 0 && (path[n - 1] == '\\' || path[n - 1] == '/') ? "ends with a separator" : "wrong");
    n = GetTempFileNameA(".", "ovl", 0, path);
    printf("GetTempFileName: %s\n", n != 0 && GetFileAttributesA(path) != INVALID_FILE_ATTRIBUTES ? "made" : "not made");
    DeleteFileA(path);
    DeleteFileA("inside\\mark.txt");
    RemoveDirectoryA("inside");
    n = GetModuleFileNameA(NULL, path, sizeof path);
    printf("own file: %s\n", n > 0 && GetFileAttributesA(path) != INVALID_FILE_ATTRIBUTES ? "found" : "not found");

    puts("-- environment");
    say("set", SetEnvironmentVariableA("OVL_CONFORMANCE", "some value"));
    n = GetEnvironmentVariableA("OVL_CONFORMANCE", value, sizeof value);
    printf("get: %lu %s\n", n, value);
    printf("room needed: %lu\n", GetEnvironmentVariableA("OVL_CONFORMANCE", value, 3));
    ExpandEnvironmentStringsA("[%OVL_CONFORMANCE%]", path, sizeof path);
    printf("expanded: %s\n", path);
    say("removed", SetEnvironmentVariableA("OVL_CONFORMANCE", NULL));
    printf("missing: %lu", GetEnvironmentVariableA("OVL_CONFORMANCE", value, sizeof value));
    printf("/%lu\n", GetLastError());

    puts("-- time");
    ticks = GetTickCount64();
    QueryPerformanceCounter(&first);
    Sleep(30);
    QueryPerformanceCounter(&second);
    QueryPerformanceFrequency(&frequency);
    printf("slept: %d %d\n", GetTickCount64() - ticks >= 15, (second.QuadPart - first.QuadPart) * 1000 / frequency.QuadPart >= 29);
    ZeroMemory(&time, sizeof time);
    time.wYear = 2024;
    time.wMonth = 2;
    time.wDay = 29;
    time.wHour = 12;
    time.wMilliseconds = 500;
    say("SystemTimeToFileTime", SystemTimeToFileTime(&time, &filetime));
    printf("%08lX %08lX\n", filetime.dwHighDateTime, filetime.dwLowDateTime);
    say("FileTimeToSystemTime", FileTimeToSystemTime(&filetime, &back));
    printf("%u-%02u-%02u %02u:%02u:%02u.%03u, day %u\n", back.wYear, back.wMonth, back.wDay, back.wHour, back.wMinute, back.wSecond,
           back.wMilliseconds, back.wDayOfWeek);
    time.wDay = 30;
    say("30 February", SystemTimeToFileTime(&time, &filetime));
    GetSystemTimeAsFileTime(&filetime);
    FileTimeToSystemTime(&filetime, &back);
    printf("this century: %d\n", back.wYear >= 2024 && back.wYear < 2100);

    puts("-- machine and modules");
    GetSystemInfo(&system);
    printf("processors: %d, page a power of two: %d\n", system.dwNumberOfProcessors >= 1,
           system.dwPageSize >= 4096 && (system.dwPageSize & (system.dwPageSize - 1)) == 0);
    module = GetModuleHandleA("kernel32.dll");
    printf("kernel32: %d, ReadFile in it: %d\n", module != NULL, GetProcAddress(module, "ReadFile") != NULL);
    printf("a function that is none: %d", GetProcAddress(module, "NoSuchFunction") != NULL);
    printf("/%lu\n", GetLastError());
    printf("command line: %d\n", GetCommandLineA() != NULL && strstr(GetCommandLineA(), "surroundings") != NULL);
    return 0;
}
