/* What a file tells by handle and by name, and what it can be told (contract 02 sections 1 and 4). */
#include "say.h"
#include <string.h>

int main(void)
{
    BY_HANDLE_FILE_INFORMATION info;
    WIN32_FILE_ATTRIBUTE_DATA data;
    FILE_BASIC_INFO basic;
    FILE_STANDARD_INFO standard;
    FILE_END_OF_FILE_INFO end;
    FILETIME written = {0x12345600, 0x01D00000}, got;
    union {
        FILE_RENAME_INFO info;
        char room[sizeof(FILE_RENAME_INFO) + 100];
    } rename;
    static const WCHAR new_name[] = L"second.dat";
    DWORD n;
    HANDLE file, reader;

    file = CreateFileA("first.dat", GENERIC_READ | GENERIC_WRITE | DELETE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                       CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    WriteFile(file, "12345678", 8, &n, NULL);

    puts("-- asked");
    say("GetFileInformationByHandle", GetFileInformationByHandle(file, &info));
    printf("attributes %lX, size %lu:%lu, %lu link\n", info.dwFileAttributes, info.nFileSizeHigh, info.nFileSizeLow, info.nNumberOfLinks);
    say("FileStandardInfo", GetFileInformationByHandleEx(file, FileStandardInfo, &standard, sizeof standard));
    printf("end %I64d, allocated enough %d, links %lu, delete pending %d, directory %d\n", standard.EndOfFile.QuadPart,
           standard.AllocationSize.QuadPart >= 8, standard.NumberOfLinks, standard.DeletePending, standard.Directory);
    say("GetFileAttributesEx", GetFileAttributesExA("first.dat", GetFileExInfoStandard, &data));
    printf("attributes %lX, size %lu\n", data.dwFileAttributes, data.nFileSizeLow);
    say("a class that cannot be asked", GetFileInformationByHandleEx(file, FileEndOfFileInfo, &end, sizeof end));
    say("no room", GetFileInformationByHandleEx(file, FileStandardInfo, &standard, 4));

    puts("-- times");
    say("SetFileTime", SetFileTime(file, NULL, NULL, &written));
    say("GetFileTime", GetFileTime(file, NULL, NULL, &got));
    printf("kept: %d, compares as %ld\n", memcmp(&written, &got, sizeof got) == 0, CompareFileTime(&written, &got));
    reader = CreateFileA("first.dat", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
    say("without the right", SetFileTime(reader, NULL, NULL, &written));

    puts("-- attributes");
    ZeroMemory(&basic, sizeof basic);
    basic.FileAttributes = FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_READONLY;
    say("FileBasicInfo", SetFileInformationByHandle(file, FileBasicInfo, &basic, sizeof basic));
    printf("attributes %lX\n", GetFileAttributesA("first.dat"));
    GetFileTime(file, NULL, NULL, &got);
    printf("time kept: %d\n", memcmp(&written, &got, sizeof got) == 0);
    say("SetFileAttributes", SetFileAttributesA("first.dat", FILE_ATTRIBUTE_NORMAL));
    printf("attributes %lX\n", GetFileAttributesA("first.dat"));
    printf("of a missing file: %lX", GetFileAttributesA("missing.dat"));
    printf("/%lu\n", GetLastError());

    puts("-- size");
    end.EndOfFile.QuadPart = 3;
    say("FileEndOfFileInfo", SetFileInformationByHandle(file, FileEndOfFileInfo, &end, sizeof end));
    printf("size %lu, pointer %lu\n", GetFileSize(file, NULL), SetFilePointer(file, 0, NULL, FILE_CURRENT));
    say("without the right", SetFileInformationByHandle(reader, FileEndOfFileInfo, &end, sizeof end));
    say("a short structure", SetFileInformationByHandle(file, FileEndOfFileInfo, &end, 4));
    say("a class that cannot be set", SetFileInformationByHandle(file, FileStandardInfo, &standard, sizeof standard));

    puts("-- name");
    ZeroMemory(&rename, sizeof rename);
    rename.info.FileNameLength = sizeof new_name - sizeof(WCHAR);
    memcpy(rename.info.FileName, new_name, sizeof new_name);
    say("FileRenameInfo", SetFileInformationByHandle(file, FileRenameInfo, &rename, sizeof rename));
    printf("first %d, second %d\n", GetFileAttributesA("first.dat") != INVALID_FILE_ATTRIBUTES,
           GetFileAttributesA("second.dat") != INVALID_FILE_ATTRIBUTES);
    CloseHandle(reader);
    CloseHandle(file);

    puts("-- names without handles");
    say("CopyFile", CopyFileA("second.dat", "third.dat", TRUE));
    say("CopyFile onto a file", CopyFileA("second.dat", "third.dat", TRUE));
    say("MoveFile onto a file", MoveFileA("second.dat", "third.dat"));
    say("MoveFileEx, replacing", MoveFileExA("second.dat", "third.dat", MOVEFILE_REPLACE_EXISTING));
    say("MoveFile of none", MoveFileA("second.dat", "fourth.dat"));
    say("DeleteFile", DeleteFileA("third.dat"));
    return 0;
}
