/* A sparse file: holes read as zeros, take no room, and can be asked for (contract 02 section 1, 01 section 6). */
#include "say.h"
#include <winioctl.h>

#define MIB (1024 * 1024)

int main(void)
{
    FILE_ZERO_DATA_INFORMATION zero;
    FILE_ALLOCATED_RANGE_BUFFER query, ranges[4];
    static char block[MIB];
    DWORD n, i, high = 0, logical, physical;
    HANDLE file = CreateFileA("sparse.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS, 0, NULL);

    for (i = 0; i < MIB; i++)
        block[i] = 'd';
    say("FSCTL_SET_SPARSE", DeviceIoControl(file, FSCTL_SET_SPARSE, NULL, 0, NULL, 0, &n, NULL));
    printf("marked: %s\n", GetFileAttributesA("sparse.dat") & FILE_ATTRIBUTE_SPARSE_FILE ? "yes" : "no");
    for (i = 0; i < 3; i++)
        WriteFile(file, block, MIB, &n, NULL);
    SetFilePointer(file, 64 * MIB, NULL, FILE_BEGIN);
    WriteFile(file, block, MIB, &n, NULL);

    zero.FileOffset.QuadPart = MIB;
    zero.BeyondFinalZero.QuadPart = 2 * MIB;
    say("FSCTL_SET_ZERO_DATA", DeviceIoControl(file, FSCTL_SET_ZERO_DATA, &zero, sizeof zero, NULL, 0, &n, NULL));
    FlushFileBuffers(file);

    query.FileOffset.QuadPart = 0;
    query.Length.QuadPart = 128 * MIB;
    n = 0;
    say("FSCTL_QUERY_ALLOCATED_RANGES",
        DeviceIoControl(file, FSCTL_QUERY_ALLOCATED_RANGES, &query, sizeof query, ranges, sizeof ranges, &n, NULL));
    for (i = 0; i < n / sizeof ranges[0]; i++)
        printf("  %lu MiB, %lu long\n", (DWORD)(ranges[i].FileOffset.QuadPart / MIB), (DWORD)(ranges[i].Length.QuadPart / MIB));

    SetFilePointer(file, MIB - 1, NULL, FILE_BEGIN);
    ReadFile(file, block, 3, &n, NULL);
    printf("at the hole's edge: %d %d %d\n", block[0], block[1], block[2]);
    logical = GetFileSize(file, NULL);
    physical = GetCompressedFileSizeA("sparse.dat", &high);
    printf("logical %lu MiB, physical %s\n", logical / MIB, physical < 8 * MIB && high == 0 ? "much less" : "as much");
    zero.BeyondFinalZero.QuadPart = 0;
    say("a range in the wrong order", DeviceIoControl(file, FSCTL_SET_ZERO_DATA, &zero, sizeof zero, NULL, 0, &n, NULL));
    say("a short input", DeviceIoControl(file, FSCTL_SET_ZERO_DATA, &zero, 8, NULL, 0, &n, NULL));
    say("an unknown code", DeviceIoControl(file, CTL_CODE(FILE_DEVICE_FILE_SYSTEM, 0xFF0, METHOD_BUFFERED, 0), NULL, 0, NULL, 0, &n, NULL));

    CloseHandle(file);
    DeleteFileA("sparse.dat");
    return 0;
}
