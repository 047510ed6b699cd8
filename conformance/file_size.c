/* Sizes of a file: logical, above 4 GiB, ambiguous, physical (contract 02 section 1; founding document 2.1). */
#include "say.h"

static void set_size(HANDLE file, LONGLONG size)
{
    LARGE_INTEGER at;
    at.QuadPart = size;
    if (!SetFilePointerEx(file, at, NULL, FILE_BEGIN) || !SetEndOfFile(file))
        printf("setting the size failed: %lu\n", GetLastError());
}

static void show_sizes(HANDLE file)
{
    DWORD low, high = 4711;
    LARGE_INTEGER size;

    SetLastError(1234);
    low = GetFileSize(file, &high);
    printf("GetFileSize: low %lX, high %lX, last error %lu\n", low, high, GetLastError());
    SetLastError(1234);
    low = GetFileSize(file, NULL);
    printf("GetFileSize without high: low %lX\n", low);
    if (GetFileSizeEx(file, &size))
        printf("GetFileSizeEx: %I64d\n", size.QuadPart);
}

int main(void)
{
    DWORD written, high;
    LARGE_INTEGER size;
    HANDLE file = CreateFileA("size.dat", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);

    say_handle("CreateFile", file);
    puts("-- empty");
    show_sizes(file);

    puts("-- ten bytes");
    say("WriteFile", WriteFile(file, "0123456789", 10, &written, NULL));
    show_sizes(file);

    puts("-- 4 GiB and 5 bytes");
    set_size(file, 0x100000005LL);
    show_sizes(file);

    puts("-- a low half that looks like the failure");
    set_size(file, 0xFFFFFFFFLL);
    show_sizes(file);
    CloseHandle(file);

    puts("-- by name");
    file = CreateFileA("small.dat", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    WriteFile(file, "0123456789", 10, &written, NULL);
    CloseHandle(file);
    high = 4711;
    printf("GetCompressedFileSize: %lu", GetCompressedFileSizeA("small.dat", &high));
    printf(", high %lu\n", high);
    printf("GetCompressedFileSize of a missing file: %lX", GetCompressedFileSizeA("missing.dat", NULL));
    printf("/%lu\n", GetLastError());

    puts("-- bad handles");
    SetLastError(0);
    printf("GetFileSize: %lX", GetFileSize(INVALID_HANDLE_VALUE, NULL));
    printf("/%lu\n", GetLastError());
    say("GetFileSizeEx", GetFileSizeEx(NULL, &size));

    DeleteFileA("size.dat");
    DeleteFileA("small.dat");
    return 0;
}
