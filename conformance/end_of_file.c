/* Setting the end of a file, and what reading at it and past it answers (contract 02 sections 3 and 5; founding document 2.3). */
#include "say.h"

static void seek(HANDLE file, LONG to)
{
    SetFilePointer(file, to, NULL, FILE_BEGIN);
}

static void read_plain(HANDLE file, const char *what, LONG at, DWORD bytes)
{
    char buffer[64];
    DWORD n = 4711;
    BOOL ok;
    seek(file, at);
    SetLastError(1234);
    ok = ReadFile(file, buffer, bytes, &n, NULL);
    printf("%s: %s, %lu bytes, last error %lu\n", what, ok ? "TRUE" : "FALSE", n, GetLastError());
}

static void read_placed(HANDLE file, const char *what, DWORD at, DWORD bytes)
{
    char buffer[64];
    OVERLAPPED o = {0};
    DWORD n = 4711;
    BOOL ok;
    o.Offset = at;
    ok = ReadFile(file, buffer, bytes, &n, &o);
    if (ok)
        printf("%s: TRUE, %lu bytes, then at %lu\n", what, n, SetFilePointer(file, 0, NULL, FILE_CURRENT));
    else
        printf("%s: FALSE/%lu, %lu bytes\n", what, GetLastError(), n);
}

static void read_overlapped(HANDLE file, const char *what, DWORD at, DWORD bytes)
{
    char buffer[64];
    OVERLAPPED o = {0};
    DWORD n = 4711;
    BOOL ok;
    o.Offset = at;
    ok = ReadFile(file, buffer, bytes, NULL, &o);
    printf("%s: %s", what, ok ? "TRUE" : "FALSE");
    if (!ok)
        printf("/%lu", GetLastError());
    ok = GetOverlappedResult(file, &o, &n, TRUE);
    if (ok)
        printf(", then TRUE, %lu bytes\n", n);
    else
        printf(", then FALSE/%lu, %lu bytes, Internal %08lX\n", GetLastError(), n, (DWORD)o.Internal);
}

int main(void)
{
    char buffer[16];
    OVERLAPPED o = {0};
    DWORD n, i;
    HANDLE readonly;
    HANDLE file = CreateFileA("end.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_ALWAYS,
                              FILE_ATTRIBUTE_NORMAL, NULL);
    WriteFile(file, "0123456789", 10, &n, NULL);

    puts("-- SetEndOfFile cuts and extends");
    seek(file, 4);
    say("cut", SetEndOfFile(file));
    printf("size %lu, pointer %lu\n", GetFileSize(file, NULL), SetFilePointer(file, 0, NULL, FILE_CURRENT));
    seek(file, 8);
    say("extend", SetEndOfFile(file));
    printf("size %lu, pointer %lu\n", GetFileSize(file, NULL), SetFilePointer(file, 0, NULL, FILE_CURRENT));
    seek(file, 0);
    ReadFile(file, buffer, 8, &n, NULL);
    for (i = 0; i < n; i++)
        printf("%s%02X", i ? " " : "bytes ", buffer[i]);
    printf("\n");
    readonly = CreateFileA("end.dat", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    say("without the right to write", SetEndOfFile(readonly));
    CloseHandle(readonly);

    puts("-- a synchronous instance, no OVERLAPPED");
    read_plain(file, "across the end", 5, 10);
    read_plain(file, "at the end", 8, 10);
    read_plain(file, "past the end", 100, 10);
    read_plain(file, "nothing at the end", 8, 0);

    puts("-- a synchronous instance, an OVERLAPPED");
    read_placed(file, "across the end", 5, 10);
    read_placed(file, "at the end", 8, 10);
    read_placed(file, "past the end", 100, 10);
    read_placed(file, "nothing past the end", 100, 0);
    CloseHandle(file);

    puts("-- an overlapped instance");
    file = CreateFileA("end.dat", GENERIC_READ, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    read_overlapped(file, "across the end", 5, 10);
    read_overlapped(file, "at the end", 8, 10);
    read_overlapped(file, "past the end", 100, 10);
    read_overlapped(file, "nothing past the end", 100, 0);
    o.Offset = 100;
    say("without a buffer past the end", ReadFile(file, NULL, 10, NULL, &o));
    CloseHandle(file);

    DeleteFileA("end.dat");
    return 0;
}
