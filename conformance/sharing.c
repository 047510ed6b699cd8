/* Who may open a file that is open already: the matrix of contract 01 section 2.2; and how long, 1.2. */
#include "say.h"
#include <string.h>

#define R GENERIC_READ
#define W GENERIC_WRITE
#define SR FILE_SHARE_READ
#define SW FILE_SHARE_WRITE
#define SD FILE_SHARE_DELETE

struct opening {
    const char *name;
    DWORD access, share;
};

static const struct opening openings[] = {
    {"R/R", R, SR}, {"R/RW", R, SR | SW}, {"W/R", W, SR}, {"W/RW", W, SR | SW},
    {"RW/R", R | W, SR}, {"RW/RW", R | W, SR | SW}, {"R/0", R, 0}, {"W/0", W, 0},
    {"attributes/0", FILE_READ_ATTRIBUTES, 0}, {"DELETE/RWD", DELETE, SR | SW | SD}, {"R/RWD", R, SR | SW | SD},
};
#define COUNT (sizeof openings / sizeof openings[0])

static HANDLE open_as(const struct opening *how)
{
    return CreateFileA("shared.dat", how->access, how->share, NULL, OPEN_EXISTING, 0, NULL);
}

/* A child that lives until its input ends, with all handles that can be inherited. */
static HANDLE start_child(const char *self, HANDLE *input)
{
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    PROCESS_INFORMATION process;
    STARTUPINFOA startup;
    char text[300];
    memset(&startup, 0, sizeof startup);
    startup.cb = sizeof startup;
    startup.dwFlags = STARTF_USESTDHANDLES;
    CreatePipe(&startup.hStdInput, input, &inherit, 0);
    SetHandleInformation(*input, HANDLE_FLAG_INHERIT, 0);
    startup.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    snprintf(text, sizeof text, "\"%s\" child", self);
    say("a child", CreateProcessA(NULL, text, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process));
    CloseHandle(startup.hStdInput);
    CloseHandle(process.hThread);
    return process.hProcess;
}

/* One instance, with a handle in each of two processes. */
static void inherited(const char *self)
{
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    FILE_DISPOSITION_INFO disposition = {TRUE};
    HANDLE child, input, late, file = CreateFileA("shared.dat", R | W | DELETE, 0, &inherit, CREATE_ALWAYS, 0, NULL);
    child = start_child(self, &input);
    say("it does not stand in its own way", SetFileInformationByHandle(file, FileDispositionInfo, &disposition, sizeof disposition));
    disposition.DeleteFile = FALSE;
    SetFileInformationByHandle(file, FileDispositionInfo, &disposition, sizeof disposition);
    CloseHandle(file);
    say_handle("the child has one left", CreateFileA("shared.dat", R, SR | SW | SD, NULL, OPEN_EXISTING, 0, NULL));
    CloseHandle(input);
    WaitForSingleObject(child, INFINITE);
    CloseHandle(child);
    late = CreateFileA("shared.dat", R, SR, NULL, OPEN_EXISTING, 0, NULL);
    say_handle("none left", late);
    CloseHandle(late);
}

int main(int argc, char **argv)
{
    size_t i, j;
    HANDLE twin, late, file;
    if (argc > 1) {
        char byte;
        DWORD n;
        ReadFile(GetStdHandle(STD_INPUT_HANDLE), &byte, 1, &n, NULL); /* until the end */
        return 0;
    }
    file = CreateFileA("shared.dat", W, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    CloseHandle(file);

    puts("a row for what is open, a column for what is asked (access/share)");
    printf("%-13s", "");
    for (j = 0; j < COUNT; j++)
        printf(" %7.7s", openings[j].name);
    printf("\n");
    for (i = 0; i < COUNT; i++) {
        HANDLE first = open_as(&openings[i]);
        printf("%-13s", openings[i].name);
        for (j = 0; j < COUNT; j++) {
            HANDLE second = open_as(&openings[j]);
            if (second == INVALID_HANDLE_VALUE)
                printf(" %7lu", GetLastError());
            else
                printf(" %7s", "ok");
            if (second != INVALID_HANDLE_VALUE)
                CloseHandle(second);
        }
        printf("\n");
        CloseHandle(first);
    }

    puts("-- sharing lasts until the last handle of the instance closes");
    file = CreateFileA("shared.dat", R | W, 0, NULL, OPEN_EXISTING, 0, NULL);
    DuplicateHandle(GetCurrentProcess(), file, GetCurrentProcess(), &twin, 0, FALSE, DUPLICATE_SAME_ACCESS);
    CloseHandle(file);
    say_handle("one handle left", CreateFileA("shared.dat", R, SR, NULL, OPEN_EXISTING, 0, NULL));
    CloseHandle(twin);
    late = CreateFileA("shared.dat", R, SR, NULL, OPEN_EXISTING, 0, NULL);
    say_handle("none left", late);
    say("DeleteFile of a file whose opener does not share deleting", DeleteFileA("shared.dat"));
    CloseHandle(late);
    say("DeleteFile", DeleteFileA("shared.dat"));
    puts("-- whichever process has that");
    fflush(stdout);
    inherited(argv[0]);
    DeleteFileA("shared.dat");
    return 0;
}
