/* A parent gives its child handles while that runs, as servers do with their workers; the values come by a pipe. */
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <string.h>

enum { EVENT, MUTEX, SEMAPHORE, FILE_, PIPE, SECTION, PROCESS, DONE, COUNT };

static int child(void) {
    HANDLE all[COUNT], input = GetStdHandle(STD_INPUT_HANDLE);
    char text[32] = "";
    DWORD bytes, i;
    void *view;
    for (i = 0; i < COUNT; i++)
        if (!ReadFile(input, &all[i], sizeof all[i], &bytes, NULL) || bytes != sizeof all[i]) return 1;
    if (WaitForSingleObject(all[EVENT], 60000)) return 2;
    if (WaitForSingleObject(all[MUTEX], 0) != WAIT_TIMEOUT) return 3;
    if (WaitForSingleObject(all[SEMAPHORE], 0) || WaitForSingleObject(all[SEMAPHORE], 0) != WAIT_TIMEOUT) return 4;
    if (!ReadFile(all[FILE_], text, 6, &bytes, NULL) || bytes != 6 || memcmp(text, "second", 6)) return 5;
    if (!WriteFile(all[PIPE], "from the child", 14, &bytes, NULL)) return 6;
    view = MapViewOfFile(all[SECTION], FILE_MAP_ALL_ACCESS, 0, 0, 0);
    if (!view || strcmp((char *)view, "shared")) return 7;
    if (GetProcessId(all[PROCESS]) == GetCurrentProcessId() || WaitForSingleObject(all[PROCESS], 0) != WAIT_TIMEOUT) return 8;
    for (i = 0; i < COUNT - 1; i++)
        if (!CloseHandle(all[i])) return 9;
    if (CloseHandle(all[EVENT]) || GetLastError() != ERROR_INVALID_HANDLE) return 10;
    SetEvent(all[DONE]);
    return 42;
}

int main(int argc, char **argv) {
    SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
    STARTUPINFOA startup = {0};
    PROCESS_INFORMATION made;
    HANDLE all[COUNT], given[COUNT], reader, writer, reads, other;
    char line[MAX_PATH + 10], name[MAX_PATH], text[32] = "";
    DWORD bytes, code = 0, i;
    int round;
    if (argc > 1) return child();
    all[EVENT] = CreateEvent(NULL, TRUE, FALSE, NULL);
    all[MUTEX] = CreateMutex(NULL, TRUE, NULL);
    all[SEMAPHORE] = CreateSemaphore(NULL, 1, 10, NULL);
    GetTempFileNameA(".", "giv", 0, name);
    all[FILE_] = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    WriteFile(all[FILE_], "first second", 12, &bytes, NULL);
    SetFilePointer(all[FILE_], 6, NULL, FILE_BEGIN);
    CreatePipe(&reads, &all[PIPE], NULL, 0);
    all[SECTION] = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, NULL);
    strcpy((char *)MapViewOfFile(all[SECTION], FILE_MAP_ALL_ACCESS, 0, 0, 0), "shared");
    all[PROCESS] = GetCurrentProcess();
    all[DONE] = CreateEvent(NULL, TRUE, FALSE, NULL);
    CreatePipe(&reader, &writer, &inheritable, 0);
    SetHandleInformation(writer, HANDLE_FLAG_INHERIT, 0);
    startup.cb = sizeof startup;
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = reader;
    startup.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    GetModuleFileNameA(NULL, line, MAX_PATH);
    strcat(line, " child");
    if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &made)) return 20;
    for (i = 0; i < COUNT; i++)
        if (!DuplicateHandle(GetCurrentProcess(), all[i], made.hProcess, &given[i], 0, FALSE, DUPLICATE_SAME_ACCESS)) {
            printf("%lu: %lu\n", i, GetLastError());
            return 21;
        }
    for (i = 0; i < COUNT; i++) WriteFile(writer, &given[i], sizeof given[i], &bytes, NULL);
    SetEvent(all[EVENT]);
    if (!ReadFile(reads, text, sizeof text, &bytes, NULL)) return 22;
    round = WaitForSingleObject(all[DONE], 60000) == WAIT_OBJECT_0;
    WaitForSingleObject(made.hProcess, 60000);
    GetExitCodeProcess(made.hProcess, &code);
    printf("%s %d %lu\n", text, round, code);
    other = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    printf("%d", DuplicateHandle(GetCurrentProcess(), other, made.hProcess, &given[0], 0, FALSE, DUPLICATE_SAME_ACCESS));
    printf(" %lu\n", GetLastError());
    printf("%d", DuplicateHandle(made.hProcess, other, GetCurrentProcess(), &given[0], 0, FALSE, DUPLICATE_SAME_ACCESS));
    printf(" %lu\n", GetLastError());
    printf("%d", DuplicateHandle(GetCurrentProcess(), all[EVENT], made.hProcess, &given[0], 0, FALSE, DUPLICATE_SAME_ACCESS));
    printf(" %lu\n", GetLastError());
    return 0;
}
