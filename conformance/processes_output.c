/* Standard handles of programs that are started: what is read from a child and written to it by anonymous pipes, files and NUL; and programs that
 * the C library starts (contract 07 section 3, 09 section 1). The program starts itself. */
#include "say.h"
#include <process.h>

static char self[MAX_PATH];

static int child(int count, char **arguments)
{
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE), out = GetStdHandle(STD_OUTPUT_HANDLE), error = GetStdHandle(STD_ERROR_HANDLE);
    char text[4096];
    DWORD n, written, total = 0, i;
    if (!strcmp(arguments[1], "upper")) {
        while (ReadFile(in, text, sizeof text, &n, NULL) && n) {
            for (i = 0; i < n; i++)
                if (text[i] >= 'a' && text[i] <= 'z')
                    text[i] -= 'a' - 'A';
            WriteFile(out, text, n, &written, NULL);
            total += n;
        }
        return (int)(total & 0x7FFFFFFF);
    }
    if (!strcmp(arguments[1], "both")) {
        WriteFile(out, "to output", 9, &n, NULL);
        WriteFile(error, "to error", 8, &n, NULL);
        return 0;
    }
    if (!strcmp(arguments[1], "exit"))
        return atoi(arguments[2]);
    if (!strcmp(arguments[1], "types"))
        return (int)(GetFileType(in) << 8 | GetFileType(out) << 4 | GetFileType(error));
    if (!strcmp(arguments[1], "value"))
        return out == (HANDLE)(ULONG_PTR)strtoul(arguments[2], NULL, 16) ? 1 : 2;
    if (!strcmp(arguments[1], "print")) {
        printf("printed %s\n", arguments[2]);
        fprintf(stderr, "and an error\n");
        return 3;
    }
    if (!strcmp(arguments[1], "broken")) {
        /* Until nobody reads any more. */
        memset(text, 'x', sizeof text);
        while (WriteFile(out, text, sizeof text, &n, NULL))
            ;
        return GetLastError() == ERROR_NO_DATA || GetLastError() == ERROR_BROKEN_PIPE ? 4 : (int)GetLastError();
    }
    return count;
}

static PROCESS_INFORMATION start(const char *arguments, HANDLE in, HANDLE out, HANDLE error)
{
    STARTUPINFOA info;
    PROCESS_INFORMATION made;
    char line[1024];
    memset(&info, 0, sizeof info);
    memset(&made, 0, sizeof made);
    info.cb = sizeof info;
    info.dwFlags = STARTF_USESTDHANDLES;
    info.hStdInput = in;
    info.hStdOutput = out;
    info.hStdError = error;
    sprintf(line, "\"%s\" %s", self, arguments);
    fflush(stdout);
    if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &info, &made))
        printf("CreateProcess: FALSE/%lu\n", (unsigned long)GetLastError());
    CloseHandle(made.hThread);
    return made;
}

static DWORD end(PROCESS_INFORMATION *child)
{
    DWORD code = 4711;
    say_wait("it ends", WaitForSingleObject(child->hProcess, 30000));
    GetExitCodeProcess(child->hProcess, &code);
    CloseHandle(child->hProcess);
    return code;
}


/* The sample of the documentation: both directions. */
static void pipes(void)
{
    SECURITY_ATTRIBUTES yes = {sizeof yes, NULL, TRUE};
    HANDLE in_read, in_write, out_read, out_write;
    PROCESS_INFORMATION made;
    char text[64];
    DWORD n, total = 0;
    CreatePipe(&out_read, &out_write, &yes, 0);
    SetHandleInformation(out_read, HANDLE_FLAG_INHERIT, 0);
    CreatePipe(&in_read, &in_write, &yes, 0);
    SetHandleInformation(in_write, HANDLE_FLAG_INHERIT, 0);
    made = start("upper", in_read, out_write, out_write);
    CloseHandle(out_write);
    CloseHandle(in_read);
    say("WriteFile", WriteFile(in_write, "hello, child", 12, &n, NULL));
    while (total < 12 && ReadFile(out_read, text + total, sizeof text - 1 - total, &n, NULL))
        total += n;
    text[total] = 0;
    puts(text);
    CloseHandle(in_write);
    say("the end", ReadFile(out_read, text, sizeof text, &n, NULL));
    printf("%lu\n", (unsigned long)end(&made));
    CloseHandle(out_read);
}

/* Both ends are inheritable, and the child gets both: what it writes is for the parent all the same. */
static void both_ends(void)
{
    SECURITY_ATTRIBUTES yes = {sizeof yes, NULL, TRUE};
    HANDLE nothing = CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE, 0, &yes, OPEN_EXISTING, 0, NULL);
    HANDLE out_read, out_write;
    PROCESS_INFORMATION made;
    char text[64] = "";
    DWORD n;
    CreatePipe(&out_read, &out_write, &yes, 0);
    made = start("both", nothing, out_write, nothing);
    say("ReadFile", ReadFile(out_read, text, sizeof text - 1, &n, NULL));
    puts(text);
    printf("%lu\n", (unsigned long)end(&made));
    CloseHandle(out_write);
    CloseHandle(out_read);
    CloseHandle(nothing);
}

/* More than a pipe takes, until the reader goes. */
static void broken(void)
{
    SECURITY_ATTRIBUTES yes = {sizeof yes, NULL, TRUE};
    HANDLE out_read, out_write, nothing = CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE, 0, &yes, OPEN_EXISTING, 0, NULL);
    PROCESS_INFORMATION made;
    char text[1000];
    DWORD n, total = 0;
    CreatePipe(&out_read, &out_write, &yes, 0);
    SetHandleInformation(out_read, HANDLE_FLAG_INHERIT, 0);
    made = start("broken", nothing, out_write, nothing);
    CloseHandle(out_write);
    while (total < 1000000 && ReadFile(out_read, text, sizeof text, &n, NULL))
        total += n;
    printf("enough: %d\n", total >= 1000000);
    CloseHandle(out_read);
    printf("%lu\n", (unsigned long)end(&made));
    CloseHandle(nothing);
}

static void files(void)
{
    SECURITY_ATTRIBUTES yes = {sizeof yes, NULL, TRUE};
    char directory[MAX_PATH], name[MAX_PATH], text[64] = "";
    HANDLE file, nothing = CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE, 0, &yes, OPEN_EXISTING, 0, NULL);
    PROCESS_INFORMATION made;
    DWORD n;
    GetTempPathA(sizeof directory, directory);
    GetTempFileNameA(directory, "ovl", 0, name);
    file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, &yes, CREATE_ALWAYS, 0, NULL);
    WriteFile(file, "1 ", 2, &n, NULL);
    made = start("both", nothing, file, file);
    end(&made);
    WriteFile(file, " 2", 2, &n, NULL);
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    ReadFile(file, text, sizeof text - 1, &n, NULL);
    puts(text);
    made = start("types", nothing, file, nothing);
    printf("types 0x%lx\n", (unsigned long)end(&made));
    sprintf(text, "value %lx", (unsigned long)(ULONG_PTR)file);
    made = start(text, nothing, file, nothing);
    printf("the same value: %lu\n", (unsigned long)end(&made));
    CloseHandle(file);
    DeleteFileA(name);
    CloseHandle(nothing);
}

static void c_library(void)
{
    char quoted[MAX_PATH + 2];
    intptr_t process;
    int code = 0;
    sprintf(quoted, "\"%s\"", self);
    fflush(stdout);
    printf("_spawnl: %d\n", (int)_spawnl(_P_WAIT, self, quoted, "exit", "5", NULL));
    process = _spawnl(_P_NOWAIT, self, quoted, "types", NULL);
    printf("_spawnl: %d\n", process != -1);
    printf("_cwait: %d", _cwait(&code, process, 0) != -1);
    printf(", %d\n", code != 0);
    printf("_spawnl of nothing: %d\n", (int)_spawnl(_P_WAIT, "no_such_program_anywhere", "x", NULL));
}

int main(int count, char **arguments)
{
    if (count > 1)
        return child(count, arguments);
    GetModuleFileNameA(NULL, self, sizeof self);
    puts("-- pipes in both directions");
    pipes();
    puts("-- both ends inherited");
    both_ends();
    puts("-- nobody reads");
    broken();
    puts("-- files and NUL");
    files();
    puts("-- the C library");
    c_library();
    return 0;
}
