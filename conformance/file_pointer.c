/* One pointer for an open instance, moved from three places (contract 02 section 2; founding document 2.2). */
#include "say.h"

static void move(HANDLE file, const char *what, LONGLONG distance, DWORD method)
{
    LARGE_INTEGER by, now;
    BOOL ok;
    by.QuadPart = distance;
    now.QuadPart = -1;
    ok = SetFilePointerEx(file, by, &now, method);
    if (ok)
        printf("%s: now at %I64d\n", what, now.QuadPart);
    else
        printf("%s: FALSE/%lu\n", what, GetLastError());
}

static void move_short(HANDLE file, const char *what, LONG distance, LONG *high, DWORD method)
{
    DWORD low;
    SetLastError(1234);
    low = SetFilePointer(file, distance, high, method);
    printf("%s: %lX", what, low);
    if (high)
        printf(", high %ld", *high);
    if (low == INVALID_SET_FILE_POINTER) /* an error only if the last error is not 0 */
        printf(", last error %lu", GetLastError());
    printf("\n");
}

int main(void)
{
    LARGE_INTEGER zero = {0}, now;
    char got[4] = "";
    DWORD n;
    LONG high;
    HANDLE twin, other;
    HANDLE file = CreateFileA("pointer.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_ALWAYS,
                              FILE_ATTRIBUTE_NORMAL, NULL);
    WriteFile(file, "abcdefghij", 10, &n, NULL);

    puts("-- SetFilePointerEx");
    move(file, "where writing left it", 0, FILE_CURRENT);
    move(file, "begin + 4", 4, FILE_BEGIN);
    move(file, "current + 3", 3, FILE_CURRENT);
    move(file, "current - 5", -5, FILE_CURRENT);
    move(file, "end - 1", -1, FILE_END);
    move(file, "end + 5 GiB", 5LL << 30, FILE_END);
    move(file, "before the start", -11, FILE_END);
    move(file, "the refused move changed nothing", 0, FILE_CURRENT);
    move(file, "begin with a negative distance", -1, FILE_BEGIN);
    move(file, "a method that is none", 0, 3);
    say("without a place for the answer", SetFilePointerEx(file, zero, NULL, FILE_BEGIN));
    say("a bad handle", SetFilePointerEx(NULL, zero, &now, FILE_BEGIN));

    puts("-- beyond the end nothing grows until something is written");
    move(file, "begin + 100", 100, FILE_BEGIN);
    printf("size %lu\n", GetFileSize(file, NULL));
    WriteFile(file, "!", 1, &n, NULL);
    printf("size %lu\n", GetFileSize(file, NULL));

    puts("-- SetFilePointer");
    move_short(file, "begin + 7", 7, NULL, FILE_BEGIN);
    high = 1;
    move_short(file, "begin + 4 GiB + 2", 2, &high, FILE_BEGIN);
    move_short(file, "32 bits are not enough to tell", 0, NULL, FILE_CURRENT);
    high = 0;
    move_short(file, "told with both halves", 0, &high, FILE_CURRENT);
    high = 0;
    move_short(file, "a place that looks like the failure", -1, &high, FILE_BEGIN);
    move_short(file, "before the start", -200, NULL, FILE_END);

    puts("-- who shares it");
    DuplicateHandle(GetCurrentProcess(), file, GetCurrentProcess(), &twin, 0, FALSE, DUPLICATE_SAME_ACCESS);
    other = CreateFileA("pointer.dat", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    move(file, "begin + 2", 2, FILE_BEGIN);
    move(twin, "a duplicate", 0, FILE_CURRENT);
    move(other, "another CreateFile", 0, FILE_CURRENT);
    ReadFile(twin, got, 3, &n, NULL);
    printf("the duplicate reads %lu bytes: %s\n", n, got);
    move(file, "the first handle", 0, FILE_CURRENT);

    CloseHandle(other);
    CloseHandle(twin);
    CloseHandle(file);
    DeleteFileA("pointer.dat");
    return 0;
}
