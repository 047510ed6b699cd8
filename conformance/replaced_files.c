/* MoveFileEx, CopyFile, ReplaceFile and CreateHardLink: what is there, in use, READONLY or a directory
 * (contract 01 section 2.2, 02 section 4, 10: codes 2, 3, 5, 17, 32, 80, 183). */
#include "say.h"
#include <string.h>

#define SHARE_RW (FILE_SHARE_READ | FILE_SHARE_WRITE)

static void make(const char *name)
{
    DWORD n;
    HANDLE file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(file, name, (DWORD)strlen(name), &n, NULL);
    CloseHandle(file);
}

static void show(const char *name)
{
    char text[64];
    DWORD n = 0;
    HANDLE file = CreateFileA(name, GENERIC_READ, SHARE_RW | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) {
        printf("%s: -1/%lu\n", name, GetLastError());
        return;
    }
    ReadFile(file, text, sizeof text - 1, &n, NULL);
    text[n] = 0;
    printf("%s holds '%s'\n", name, text);
    CloseHandle(file);
}

static void moves(void)
{
    HANDLE file;

    puts("-- MoveFileEx");
    make("a.dat");
    make("b.dat");
    say("onto a file", MoveFileExA("a.dat", "b.dat", 0));
    say("of a missing file", MoveFileExA("missing.dat", "c.dat", 0));
    say("into a missing directory", MoveFileExA("a.dat", "nowhere\\c.dat", 0));
    file = CreateFileA("b.dat", GENERIC_READ, SHARE_RW, NULL, OPEN_EXISTING, 0, NULL);
    say("onto one that is in use", MoveFileExA("a.dat", "b.dat", MOVEFILE_REPLACE_EXISTING));
    say("of one that is in use", MoveFileExA("b.dat", "c.dat", 0));
    CloseHandle(file);
    SetFileAttributesA("b.dat", FILE_ATTRIBUTE_READONLY);
    say("onto one that is READONLY", MoveFileExA("a.dat", "b.dat", MOVEFILE_REPLACE_EXISTING));
    SetFileAttributesA("b.dat", FILE_ATTRIBUTE_NORMAL);
    say("replacing", MoveFileExA("a.dat", "b.dat", MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH));
    show("b.dat");
    show("a.dat");
    say("to another case", MoveFileA("b.dat", "B.DAT"));
    say("to itself", MoveFileA("B.DAT", "B.DAT"));
    CreateDirectoryA("folder", NULL);
    say("onto a directory", MoveFileExA("b.dat", "folder", MOVEFILE_REPLACE_EXISTING));
    say("into a directory", MoveFileA("b.dat", "folder\\b.dat"));
    say("of a directory", MoveFileA("folder", "renamed"));
    show("renamed\\b.dat");
    DeleteFileA("renamed\\b.dat");
    RemoveDirectoryA("renamed");
}

static void copies(void)
{
    HANDLE file;

    puts("-- CopyFile");
    make("a.dat");
    say("of a missing file", CopyFileA("missing.dat", "c.dat", FALSE));
    say("into a missing directory", CopyFileA("a.dat", "nowhere\\c.dat", FALSE));
    say("to a new name", CopyFileA("a.dat", "b.dat", TRUE));
    say("onto a file that must not be there", CopyFileA("a.dat", "b.dat", TRUE));
    say("onto a file", CopyFileA("a.dat", "b.dat", FALSE));
    say("onto itself", CopyFileA("a.dat", "a.dat", FALSE));
    file = CreateFileA("b.dat", GENERIC_READ, SHARE_RW, NULL, OPEN_EXISTING, 0, NULL);
    say("onto one that is in use", CopyFileA("a.dat", "b.dat", FALSE));
    CloseHandle(file);
    SetFileAttributesA("a.dat", FILE_ATTRIBUTE_READONLY);
    say("of one that is READONLY", CopyFileA("a.dat", "b.dat", FALSE));
    printf("the copy is too: %d\n", (GetFileAttributesA("b.dat") & FILE_ATTRIBUTE_READONLY) != 0);
    say("onto one that is READONLY", CopyFileA("a.dat", "b.dat", FALSE));
    SetFileAttributesA("a.dat", FILE_ATTRIBUTE_NORMAL);
    SetFileAttributesA("b.dat", FILE_ATTRIBUTE_NORMAL);
    DeleteFileA("a.dat");
    DeleteFileA("b.dat");
}

static void replacements(void)
{
    HANDLE file;

    puts("-- ReplaceFile");
    make("old.dat");
    make("new.dat");
    say("no names", ReplaceFileA(NULL, NULL, NULL, 0, NULL, NULL));
    say("a missing file", ReplaceFileA("missing.dat", "new.dat", NULL, 0, NULL, NULL));
    say("by a missing one", ReplaceFileA("old.dat", "missing.dat", NULL, 0, NULL, NULL));
    file = CreateFileA("old.dat", GENERIC_READ, SHARE_RW, NULL, OPEN_EXISTING, 0, NULL);
    say("one that is in use", ReplaceFileA("old.dat", "new.dat", NULL, 0, NULL, NULL));
    CloseHandle(file);
    SetFileAttributesA("old.dat", FILE_ATTRIBUTE_READONLY);
    say("one that is READONLY", ReplaceFileA("old.dat", "new.dat", NULL, 0, NULL, NULL));
    SetFileAttributesA("old.dat", FILE_ATTRIBUTE_NORMAL);
    say("with a backup", ReplaceFileA("old.dat", "new.dat", "backup.dat", 0, NULL, NULL));
    show("old.dat");
    show("new.dat");
    show("backup.dat");
    make("new.dat");
    say("over the backup", ReplaceFileA("backup.dat", "new.dat", NULL, 0, NULL, NULL));
    show("backup.dat");
    DeleteFileA("backup.dat");
    DeleteFileA("old.dat");
}

static void links(void)
{
    BY_HANDLE_FILE_INFORMATION info;
    HANDLE file;

    puts("-- CreateHardLink");
    make("a.dat");
    say("to a new name", CreateHardLinkA("b.dat", "a.dat", NULL));
    say("to an old name", CreateHardLinkA("b.dat", "a.dat", NULL));
    say("of a missing file", CreateHardLinkA("c.dat", "missing.dat", NULL));
    file = CreateFileA("b.dat", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    GetFileInformationByHandle(file, &info);
    printf("%lu names\n", info.nNumberOfLinks);
    say_handle("share modes are those of the file", CreateFileA("a.dat", GENERIC_WRITE, SHARE_RW, NULL, OPEN_EXISTING, 0, NULL));
    CloseHandle(file);
    DeleteFileA("a.dat");
    show("b.dat");
    DeleteFileA("b.dat");
}

int main(void)
{
    moves();
    copies();
    replacements();
    links();
    return 0;
}
