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

static void attempt(const char *what, const char *name, DWORD access, DWORD disposition)
{
    HANDLE file = CreateFileA(name, access, 0, NULL, disposition, FILE_ATTRIBUTE_NORMAL, NULL);
    say_handle(what, file);
    if (file != INVALID_HANDLE_VALUE)
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
    attempt("OPEN_EXISTING", "nowhere\\file.dat", GENERIC_READ, OPEN_EXISTING);
    attempt("CREATE_NEW", "nowhere\\file.dat", GENERIC_WRITE, CREATE_NEW);
    puts("-- truncating needs GENERIC_WRITE itself");
    make("there.dat");
    attempt("GENERIC_READ", "there.dat", GENERIC_READ, TRUNCATE_EXISTING);
    attempt("FILE_WRITE_DATA", "there.dat", FILE_WRITE_DATA, TRUNCATE_EXISTING);
    puts("-- a file that may only be read");
    SetFileAttributesA("there.dat", FILE_ATTRIBUTE_READONLY);
    attempt("CREATE_ALWAYS", "there.dat", GENERIC_WRITE, CREATE_ALWAYS);
    attempt("OPEN_EXISTING to write", "there.dat", GENERIC_WRITE, OPEN_EXISTING);
    say("DeleteFile", DeleteFileA("there.dat"));
    SetFileAttributesA("there.dat", FILE_ATTRIBUTE_NORMAL);
    say("DeleteFile when it may be written again", DeleteFileA("there.dat"));
    say("DeleteFile once more", DeleteFileA("there.dat"));

    DeleteFileA("missing.dat");
    return 0;
}
