/* Appending: by right, and by an offset of all ones (contract 02 section 12). */
#include "say.h"
#include <string.h>

static void show(const char *what)
{
    char text[64];
    DWORD n = 0;
    HANDLE file = CreateFileA("append.dat", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    ReadFile(file, text, sizeof text - 1, &n, NULL);
    text[n] = 0;
    printf("%s: '%s'\n", what, text);
    CloseHandle(file);
}

static void overlapped_write(HANDLE file, const char *what, DWORD low, DWORD high, const char *text)
{
    OVERLAPPED o = {0};
    DWORD n;
    BOOL ok;
    o.Offset = low;
    o.OffsetHigh = high;
    ok = WriteFile(file, text, (DWORD)strlen(text), NULL, &o);
    if (!ok && GetLastError() == ERROR_IO_PENDING)
        ok = GetOverlappedResult(file, &o, &n, TRUE);
    say(what, ok);
}

int main(void)
{
    OVERLAPPED o = {0};
    char byte;
    DWORD n;
    BOOL ok;
    HANDLE file = CreateFileA("append.dat", FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_ALWAYS, 0, NULL);

    puts("-- FILE_APPEND_DATA alone: the end, whatever pointer and offset say");
    say("write", WriteFile(file, "one", 3, &n, NULL));
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    say("write with the pointer at 0", WriteFile(file, "two", 3, &n, NULL));
    o.Offset = 1;
    say("write with Offset 1", WriteFile(file, "three", 5, &n, &o));
    show("file");
    CloseHandle(file);

    puts("-- Offset -1 of a synchronous instance that may write anywhere");
    file = CreateFileA("append.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    o.Offset = o.OffsetHigh = 0xFFFFFFFF;
    say("write", WriteFile(file, "four", 4, &n, &o));
    show("file");
    printf("pointer at the new end: %lu\n", SetFilePointer(file, 0, NULL, FILE_CURRENT));
    puts("-- Offset -2: at the file pointer");
    SetFilePointer(file, 3, NULL, FILE_BEGIN);
    o.Offset = 0xFFFFFFFE;
    say("write", WriteFile(file, "TWO", 3, &n, &o));
    show("file");
    puts("-- Offset -3");
    o.Offset = 0xFFFFFFFD;
    say("write", WriteFile(file, "x", 1, &n, &o));
    puts("-- reading at -1");
    o.Offset = 0xFFFFFFFF;
    ok = ReadFile(file, &byte, 1, &n, &o);
    say("read", ok);
    CloseHandle(file);

    puts("-- an overlapped instance");
    file = CreateFileA("append.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                       FILE_FLAG_OVERLAPPED, NULL);
    overlapped_write(file, "Offset -1", 0xFFFFFFFF, 0xFFFFFFFF, "five");
    show("file");
    overlapped_write(file, "Offset -2", 0xFFFFFFFE, 0xFFFFFFFF, "x");
    overlapped_write(file, "Offset 0", 0, 0, "ONE");
    show("file");
    CloseHandle(file);
    DeleteFileA("append.dat");
    return 0;
}
