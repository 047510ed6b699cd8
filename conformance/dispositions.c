/* The five dispositions on a file that exists and one that does not, and the last error of a success (contract 01 section 2.3). */
#include "say.h"

static const char *const names[] = {"0", "CREATE_NEW", "CREATE_ALWAYS", "OPEN_EXISTING", "OPEN_ALWAYS", "TRUNCATE_EXISTING", "6"};

static void make(const char *name)
{
    DWORD n;
    HANDLE file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    WriteFile(file, "12345", 5, &n, NULL);
    CloseHandle(file);
}

static void open_with(DWORD disposition, const char *name, const char *state)
{
    HANDLE file;
    SetLastError(1234);
    file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, disposition, FILE_ATTRIBUTE_NORMAL, NULL);
    printf("%s, %s: ", names[disposition], state);
    if (file == INVALID_HANDLE_VALUE) {
        printf("-1/%lu\n", GetLastError());
        return;
    }
    printf("last error %lu", GetLastError());
    printf(", size %lu\n", GetFileSize(file, NULL));
    CloseHandle(file);
}

int main(void)
{
    DWORD disposition;
    for (disposition = 0; disposition <= 6; disposition++) {
        make("there.dat");
        open_with(disposition, "there.dat", "exists");
        DeleteFileA("missing.dat");
        open_with(disposition, "missing.dat", "missing");
    }
    puts("-- a directory on the way is missing");
    say_handle("OPEN_EXISTING", CreateFileA("nowhere\\file.dat", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL));
    say_handle("CREATE_NEW", CreateFileA("nowhere\\file.dat", GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL));
    puts("-- truncating needs GENERIC_WRITE itself");
    make("there.dat");
    say_handle("GENERIC_READ", CreateFileA("there.dat", GENERIC_READ, 0, NULL, TRUNCATE_EXISTING, 0, NULL));
    say_handle("FILE_WRITE_DATA", CreateFileA("there.dat", FILE_WRITE_DATA, 0, NULL, TRUNCATE_EXISTING, 0, NULL));
    puts("-- a file that may only be read");
    SetFileAttributesA("there.dat", FILE_ATTRIBUTE_READONLY);
    say_handle("CREATE_ALWAYS", CreateFileA("there.dat", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL));
    say_handle("OPEN_EXISTING to write", CreateFileA("there.dat", GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL));
    say("DeleteFile", DeleteFileA("there.dat"));
    SetFileAttributesA("there.dat", FILE_ATTRIBUTE_NORMAL);
    say("DeleteFile when it may be written again", DeleteFileA("there.dat"));
    say("DeleteFile once more", DeleteFileA("there.dat"));

    DeleteFileA("missing.dat");
    return 0;
}
