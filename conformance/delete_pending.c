/* A file that waits to be deleted, one that is mapped, and how far its data is valid (contract 01 sections 2.2 and 2.5, 02 sections
 * 3, 4 and 8). */
#include "say.h"

#define SHARE_RW (FILE_SHARE_READ | FILE_SHARE_WRITE)
#define SHARE_ALL (SHARE_RW | FILE_SHARE_DELETE)

static void make(const char *name)
{
    DWORD n;
    HANDLE file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(file, "0123456789", 10, &n, NULL);
    CloseHandle(file);
}

static void attempt(const char *what, const char *name, DWORD access, DWORD share, DWORD disposition)
{
    HANDLE file = CreateFileA(name, access, share, NULL, disposition, 0, NULL);
    say_handle(what, file);
    if (file != INVALID_HANDLE_VALUE)
        CloseHandle(file);
}

static void by_name(const char *what, const char *name)
{
    DWORD found = GetFileAttributesA(name);
    if (found == INVALID_FILE_ATTRIBUTES)
        printf("%s: none, %lu\n", what, GetLastError());
    else
        printf("%s: there\n", what);
}

static void delete_pending(void)
{
    FILE_DISPOSITION_INFO disposition = {TRUE};
    FILE_STANDARD_INFO standard;
    char byte;
    DWORD n;
    HANDLE file;

    puts("-- FileDispositionInfo");
    make("doomed.dat");
    file = CreateFileA("doomed.dat", GENERIC_READ | DELETE, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
    say("set", SetFileInformationByHandle(file, FileDispositionInfo, &disposition, sizeof disposition));
    GetFileInformationByHandleEx(file, FileStandardInfo, &standard, sizeof standard);
    printf("delete pending: %d\n", standard.DeletePending);
    attempt("to read", "doomed.dat", GENERIC_READ, SHARE_ALL, OPEN_EXISTING);
    attempt("to look at it", "doomed.dat", FILE_READ_ATTRIBUTES, SHARE_ALL, OPEN_EXISTING);
    attempt("OPEN_ALWAYS", "doomed.dat", GENERIC_READ, SHARE_ALL, OPEN_ALWAYS);
    attempt("CREATE_ALWAYS", "doomed.dat", GENERIC_WRITE, SHARE_ALL, CREATE_ALWAYS);
    attempt("CREATE_NEW", "doomed.dat", GENERIC_WRITE, SHARE_ALL, CREATE_NEW);
    by_name("its attributes", "doomed.dat");
    say("DeleteFile", DeleteFileA("doomed.dat"));
    say("who has it open reads on", ReadFile(file, &byte, 1, &n, NULL));
    disposition.DeleteFile = FALSE;
    say("taken back", SetFileInformationByHandle(file, FileDispositionInfo, &disposition, sizeof disposition));
    attempt("to read", "doomed.dat", GENERIC_READ, SHARE_ALL, OPEN_EXISTING);
    CloseHandle(file);
    by_name("its attributes", "doomed.dat");
    DeleteFileA("doomed.dat");
}

static void directory_pending(void)
{
    FILE_DISPOSITION_INFO disposition = {TRUE};
    HANDLE directory;

    puts("-- a directory");
    say("CreateDirectory", CreateDirectoryA("doomed", NULL));
    say("another of the name", CreateDirectoryA("doomed", NULL));
    directory = CreateFileA("doomed", DELETE, SHARE_ALL, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    say("set", SetFileInformationByHandle(directory, FileDispositionInfo, &disposition, sizeof disposition));
    say("another of the name", CreateDirectoryA("doomed", NULL));
    CloseHandle(directory);
    say("when it has gone", CreateDirectoryA("doomed", NULL));
    RemoveDirectoryA("doomed");
}

static void mapped(void)
{
    FILE_DISPOSITION_INFO disposition = {TRUE};
    HANDLE file, section;
    void *view;

    puts("-- a section that can be written");
    make("mapped.dat");
    file = CreateFileA("mapped.dat", GENERIC_READ | GENERIC_WRITE, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
    section = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NULL);
    view = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    CloseHandle(section);
    CloseHandle(file);
    attempt("who does not share writing", "mapped.dat", GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
    attempt("who does", "mapped.dat", GENERIC_READ, SHARE_RW, OPEN_EXISTING);
    attempt("CREATE_ALWAYS", "mapped.dat", GENERIC_WRITE, SHARE_ALL, CREATE_ALWAYS);
    attempt("TRUNCATE_EXISTING", "mapped.dat", GENERIC_WRITE, SHARE_ALL, TRUNCATE_EXISTING);
    file = CreateFileA("mapped.dat", GENERIC_READ | GENERIC_WRITE, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
    say("SetEndOfFile", SetEndOfFile(file));
    CloseHandle(file);
    say("DeleteFile", DeleteFileA("mapped.dat"));
    file = CreateFileA("mapped.dat", DELETE, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
    say("FileDispositionInfo", SetFileInformationByHandle(file, FileDispositionInfo, &disposition, sizeof disposition));
    CloseHandle(file);
    make("other.dat");
    say("another in its place", MoveFileExA("other.dat", "mapped.dat", MOVEFILE_REPLACE_EXISTING));
    say("another name", MoveFileA("mapped.dat", "moved.dat"));
    say("and back", MoveFileA("moved.dat", "mapped.dat"));
    DeleteFileA("other.dat");
    file = CreateFileA("mapped.dat", GENERIC_READ | GENERIC_WRITE, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
    printf("size %lu\n", GetFileSize(file, NULL));
    say("UnmapViewOfFile", UnmapViewOfFile(view));
    say("SetEndOfFile when nothing is mapped any more", SetEndOfFile(file));
    CloseHandle(file);
    say("DeleteFile", DeleteFileA("mapped.dat"));
}

static void valid(void)
{
    FILE_END_OF_FILE_INFO end;
    DWORD n;
    HANDLE reader, file = CreateFileA("valid.dat", GENERIC_READ | GENERIC_WRITE, SHARE_RW, NULL, CREATE_ALWAYS, 0, NULL);

    puts("-- SetFileValidData");
    WriteFile(file, "four", 4, &n, NULL);
    say("0", SetFileValidData(file, 0));
    say("-1", SetFileValidData(file, -1));
    say("less than was written", SetFileValidData(file, 2));
    say("as much", SetFileValidData(file, 4));
    say("more than there is", SetFileValidData(file, 8));
    end.EndOfFile.QuadPart = 8;
    SetFileInformationByHandle(file, FileEndOfFileInfo, &end, sizeof end);
    say("as much, in a longer file", SetFileValidData(file, 4));
    say("more", SetFileValidData(file, 6));
    say("less again", SetFileValidData(file, 4));
    say("all", SetFileValidData(file, 8));
    reader = CreateFileA("valid.dat", GENERIC_READ, SHARE_RW, NULL, OPEN_EXISTING, 0, NULL);
    say("without the right to write", SetFileValidData(reader, 8));
    say("a bad handle", SetFileValidData(NULL, 8));
    CloseHandle(reader);
    CloseHandle(file);
    DeleteFileA("valid.dat");
}

int main(void)
{
    delete_pending();
    directory_pending();
    mapped();
    valid();
    return 0;
}
