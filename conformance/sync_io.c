/* Synchronous reading and writing, flushing, and the order in which arguments are checked
 * (contract 03 section 1, 02 sections 7 and 13; founding document 3 and 3.1). */
#include "say.h"
#include <string.h>

static void attempt(const char *what, BOOL ok, DWORD count)
{
    DWORD error = GetLastError();
    if (ok)
        printf("%s: TRUE, %lu bytes\n", what, count);
    else
        printf("%s: FALSE/%lu, %lu bytes\n", what, error, count);
}

int main(void)
{
    char buffer[32];
    OVERLAPPED o = {0};
    DWORD n;
    BOOL ok;
    HANDLE reader, query;
    HANDLE file = CreateFileA("sync.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_ALWAYS,
                              FILE_ATTRIBUTE_NORMAL, NULL);
    say_handle("CreateFile", file);

    puts("-- at the file pointer");
    ok = WriteFile(file, "hello, ", 7, &n, NULL);
    attempt("write", ok, n);
    ok = WriteFile(file, "device", 6, &n, NULL);
    attempt("write", ok, n);
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    memset(buffer, 0, sizeof buffer);
    ok = ReadFile(file, buffer, 5, &n, NULL);
    attempt("read", ok, n);
    printf("'%s'\n", buffer);
    memset(buffer, 0, sizeof buffer);
    ok = ReadFile(file, buffer, sizeof buffer, &n, NULL);
    attempt("read the rest", ok, n);
    printf("'%s'\n", buffer);

    puts("-- at a place: OVERLAPPED on a synchronous instance");
    o.Offset = 7;
    memset(buffer, 0, sizeof buffer);
    ok = ReadFile(file, buffer, 3, &n, &o);
    attempt("read", ok, n);
    printf("'%s', Internal %lu, InternalHigh %lu, Offset %lu\n", buffer, (DWORD)o.Internal, (DWORD)o.InternalHigh, o.Offset);
    printf("the pointer follows: %lu\n", SetFilePointer(file, 0, NULL, FILE_CURRENT));
    ok = WriteFile(file, "DEV", 3, &n, &o);
    attempt("write", ok, n);
    printf("the pointer follows: %lu\n", SetFilePointer(file, 0, NULL, FILE_CURRENT));

    puts("-- flushing");
    say("FlushFileBuffers", FlushFileBuffers(file));
    reader = CreateFileA("sync.dat", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    say("FlushFileBuffers of one that only reads", FlushFileBuffers(reader));
    say("FlushFileBuffers of nothing", FlushFileBuffers(NULL));

    puts("-- rights");
    n = 4711;
    ok = WriteFile(reader, "x", 1, &n, NULL);
    attempt("write with GENERIC_READ", ok, n);
    query = CreateFileA("sync.dat", 0, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    n = 4711;
    ok = ReadFile(query, buffer, 1, &n, NULL);
    attempt("read with no access", ok, n);
    printf("its size all the same: %lu\n", GetFileSize(query, NULL));

    puts("-- the count is zeroed before the handle is looked at");
    n = 4711;
    ok = ReadFile(INVALID_HANDLE_VALUE, buffer, 1, &n, NULL);
    attempt("read from -1", ok, n);
    n = 4711;
    ok = WriteFile(NULL, "x", 1, &n, NULL);
    attempt("write to NULL", ok, n);

    puts("-- nothing to transfer, then no buffer to transfer with");
    ok = ReadFile(file, NULL, 0, &n, NULL);
    attempt("read 0 bytes", ok, n);
    ok = WriteFile(file, NULL, 0, &n, NULL);
    attempt("write 0 bytes", ok, n);
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    ok = ReadFile(file, NULL, 4, &n, NULL);
    attempt("read to NULL", ok, n);
    ok = WriteFile(file, NULL, 4, &n, NULL);
    attempt("write from NULL", ok, n);
    printf("size %lu, pointer %lu\n", GetFileSize(file, NULL), SetFilePointer(file, 0, NULL, FILE_CURRENT));

    puts("-- success leaves the last error alone");
    SetLastError(1234);
    ReadFile(file, buffer, 4, &n, NULL);
    WriteFile(file, "WXYZ", 4, &n, NULL);
    printf("last error %lu\n", GetLastError());

    CloseHandle(query);
    CloseHandle(reader);
    say("CloseHandle", CloseHandle(file));
    say("CloseHandle again", CloseHandle(file));
    DeleteFileA("sync.dat");
    return 0;
}
