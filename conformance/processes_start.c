/* Programs that are started by CreateProcess: command lines, exit codes, environment, standard handles, suspended starts, and what is inherited
 * by its value (contract 01 sections 1 and 2, 04 section 7, 07 section 3, 09 section 1). The program starts itself. */
#include "say.h"

static char self[MAX_PATH];

static PROCESS_INFORMATION start(const char *arguments, BOOL inherit, DWORD flags, void *environment, STARTUPINFOA *info)
{
    static STARTUPINFOA plain;
    PROCESS_INFORMATION made;
    char line[1024];
    memset(&made, 0, sizeof made);
    memset(&plain, 0, sizeof plain);
    plain.cb = sizeof plain;
    sprintf(line, "\"%s\" %s", self, arguments);
    fflush(stdout);
    if (!CreateProcessA(NULL, line, NULL, NULL, inherit, flags, environment, NULL, info ? info : &plain, &made))
        printf("CreateProcess: FALSE/%lu\n", (unsigned long)GetLastError());
    return made;
}

static DWORD end(PROCESS_INFORMATION *child)
{
    DWORD code = 4711;
    say_wait("it ends", WaitForSingleObject(child->hProcess, 30000));
    GetExitCodeProcess(child->hProcess, &code);
    CloseHandle(child->hThread);
    CloseHandle(child->hProcess);
    return code;
}

static int child(int count, char **arguments)
{
    const char *what = arguments[1];
    const char *rest = strstr(GetCommandLineA(), "\" ");
    HANDLE a = count > 2 ? (HANDLE)(ULONG_PTR)strtoul(arguments[2], NULL, 16) : NULL;
    HANDLE b = count > 3 ? (HANDLE)(ULONG_PTR)strtoul(arguments[3], NULL, 16) : NULL;
    DWORD n, i;
    char text[64];
    if (!strcmp(what, "exit"))
        ExitProcess(strtoul(arguments[2], NULL, 0));
    if (!strcmp(what, "return"))
        return (int)strtoul(arguments[2], NULL, 0);
    if (!strcmp(what, "terminate"))
        return TerminateProcess(GetCurrentProcess(), strtoul(arguments[2], NULL, 0));
    if (!strcmp(what, "line")) {
        printf("line:%s\n", rest ? rest + 1 : "?");
        for (i = 2; i < (DWORD)count; i++)
            printf("[%s]", arguments[i]);
        puts("");
        return 0;
    }
    if (!strcmp(what, "variable")) {
        n = GetEnvironmentVariableA(arguments[2], text, sizeof text);
        printf("%s is %s\n", arguments[2], n ? text : "not there");
        return 0;
    }
    if (!strcmp(what, "copy")) {
        HANDLE in = GetStdHandle(STD_INPUT_HANDLE), out = GetStdHandle(STD_OUTPUT_HANDLE);
        while (ReadFile(in, text, sizeof text, &n, NULL) && n)
            WriteFile(out, text, n, &n, NULL);
        return 5;
    }
    if (!strcmp(what, "event")) {
        /* Waits for the one, sets the other. */
        n = WaitForSingleObject(a, 30000);
        SetEvent(b);
        return n == WAIT_OBJECT_0 ? 1 : 99;
    }
    if (!strcmp(what, "count"))
        return ReleaseSemaphore(a, 2, NULL) && WaitForSingleObject(b, 30000) == WAIT_OBJECT_0 ? 2 : (int)GetLastError();
    if (!strcmp(what, "write"))
        return WriteFile(a, arguments[3], (DWORD)strlen(arguments[3]), &n, NULL) ? 3 : (int)GetLastError();
    if (!strcmp(what, "section")) {
        char *view = (char *)MapViewOfFile(a, FILE_MAP_WRITE, 0, 0, 0);
        if (!view)
            return (int)GetLastError();
        strcpy(view, "from the child");
        return 4;
    }
    if (!strcmp(what, "process"))
        return GetProcessId(a) == strtoul(arguments[3], NULL, 10) ? 6 : 99;
    if (!strcmp(what, "handle"))
        return GetHandleInformation(a, &n) ? (int)n : 100 + (int)GetLastError();
    if (!strcmp(what, "info")) {
        STARTUPINFOA info;
        GetStartupInfoA(&info);
        printf("title %s, flags %lx, show %u\n", info.lpTitle, (unsigned long)info.dwFlags, info.wShowWindow);
        return 0;
    }
    return 98;
}

static void exit_codes(void)
{
    static const char *const all[] = {"exit 0", "exit 1", "exit 259", "exit 0xC000013A", "exit 4294967295", "return 0x12345600", "terminate 0xDEADBEEF"};
    PROCESS_INFORMATION made;
    DWORD i, code;
    for (i = 0; i < sizeof all / sizeof *all; i++) {
        made = start(all[i], FALSE, 0, NULL, NULL);
        code = end(&made);
        printf("%s: 0x%08lX\n", all[i], (unsigned long)code);
    }
}

static void lines(void)
{
    PROCESS_INFORMATION made;
    made = start("line  a \"b c\" d\\\"e \"f\\\\\" g\\h  ", FALSE, 0, NULL, NULL);
    end(&made);
}

static void environment(void)
{
    static char block[] = "OVL_GIVEN=given\0OTHER=x\0SystemRoot=C:\\windows\0";
    PROCESS_INFORMATION made;
    SetEnvironmentVariableA("OVL_INHERITED", "yes");
    made = start("variable OVL_INHERITED", FALSE, 0, NULL, NULL);
    end(&made);
    made = start("variable OVL_INHERITED", FALSE, 0, block, NULL);
    end(&made);
    made = start("variable OVL_GIVEN", FALSE, 0, block, NULL);
    end(&made);
}

static void suspended(void)
{
    PROCESS_INFORMATION made = start("exit 7", FALSE, CREATE_SUSPENDED, NULL, NULL);
    DWORD code = 0;
    say_wait("suspended", WaitForSingleObject(made.hProcess, 100));
    GetExitCodeProcess(made.hProcess, &code);
    printf("%lu, suspended %lu time\n", (unsigned long)code, (unsigned long)ResumeThread(made.hThread));
    printf("%lu\n", (unsigned long)end(&made));
    made = start("exit 7", FALSE, CREATE_SUSPENDED, NULL, NULL);
    say("TerminateProcess", TerminateProcess(made.hProcess, 0x80000001));
    printf("0x%lX\n", (unsigned long)end(&made));
}

static void inherited(void)
{
    SECURITY_ATTRIBUTES yes = {sizeof yes, NULL, TRUE};
    HANDLE go = CreateEventA(&yes, FALSE, FALSE, NULL), done = CreateEventA(&yes, TRUE, FALSE, NULL);
    HANDLE kept = CreateEventA(NULL, TRUE, FALSE, NULL), semaphore, mutex, section, file, process;
    PROCESS_INFORMATION made;
    char arguments[256], name[MAX_PATH], directory[MAX_PATH], *view;
    DWORD n;
    sprintf(arguments, "event %lx %lx", (unsigned long)(ULONG_PTR)go, (unsigned long)(ULONG_PTR)done);
    made = start(arguments, TRUE, 0, NULL, NULL);
    say_wait("not yet", WaitForSingleObject(done, 50));
    SetEvent(go);
    say_wait("the child's event", WaitForSingleObject(done, 30000));
    printf("%lu\n", (unsigned long)end(&made));

    puts("-- a semaphore and a mutex");
    semaphore = CreateSemaphoreA(&yes, 0, 5, NULL);
    mutex = CreateMutexA(&yes, TRUE, NULL);
    sprintf(arguments, "count %lx %lx", (unsigned long)(ULONG_PTR)semaphore, (unsigned long)(ULONG_PTR)mutex);
    made = start(arguments, TRUE, 0, NULL, NULL);
    say_wait("one", WaitForSingleObject(semaphore, 30000));
    say_wait("two", WaitForSingleObject(semaphore, 30000));
    say_wait("no more", WaitForSingleObject(semaphore, 0));
    say_wait("the child waits", WaitForSingleObject(made.hProcess, 50));
    say("ReleaseMutex", ReleaseMutex(mutex));
    printf("%lu\n", (unsigned long)end(&made));
    n = WaitForSingleObject(mutex, 30000);
    say_wait("it has ended with the mutex", n);

    puts("-- a file and its pointer");
    GetTempPathA(sizeof directory, directory);
    GetTempFileNameA(directory, "ovl", 0, name);
    file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &yes, CREATE_ALWAYS, 0, NULL);
    WriteFile(file, "parent ", 7, &n, NULL);
    sprintf(arguments, "write %lx child", (unsigned long)(ULONG_PTR)file);
    made = start(arguments, TRUE, 0, NULL, NULL);
    printf("%lu\n", (unsigned long)end(&made));
    WriteFile(file, " parent", 7, &n, NULL);
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    memset(directory, 0, sizeof directory);
    ReadFile(file, directory, 100, &n, NULL);
    printf("%s\n", directory);
    CloseHandle(file);
    DeleteFileA(name);

    puts("-- memory");
    section = CreateFileMappingA(INVALID_HANDLE_VALUE, &yes, PAGE_READWRITE, 0, 4096, NULL);
    view = (char *)MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    sprintf(arguments, "section %lx", (unsigned long)(ULONG_PTR)section);
    made = start(arguments, TRUE, 0, NULL, NULL);
    printf("%lu, ", (unsigned long)end(&made));
    printf("%s\n", view);

    puts("-- this process");
    DuplicateHandle(GetCurrentProcess(), GetCurrentProcess(), GetCurrentProcess(), &process, 0, TRUE, DUPLICATE_SAME_ACCESS);
    sprintf(arguments, "process %lx %lu", (unsigned long)(ULONG_PTR)process, (unsigned long)GetCurrentProcessId());
    made = start(arguments, TRUE, 0, NULL, NULL);
    printf("%lu\n", (unsigned long)end(&made));

    puts("-- which handles");
    sprintf(arguments, "handle %lx", (unsigned long)(ULONG_PTR)kept);
    made = start(arguments, TRUE, 0, NULL, NULL);
    printf("not inheritable: %lu\n", (unsigned long)end(&made));
    SetHandleInformation(kept, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    made = start(arguments, TRUE, 0, NULL, NULL);
    printf("inheritable: %lu\n", (unsigned long)end(&made));
    made = start(arguments, FALSE, 0, NULL, NULL);
    printf("nothing is inherited: %lu\n", (unsigned long)end(&made));
}

static void listed(void)
{
    SECURITY_ATTRIBUTES yes = {sizeof yes, NULL, TRUE};
    HANDLE first = CreateEventA(&yes, TRUE, FALSE, NULL), second = CreateEventA(&yes, TRUE, FALSE, NULL);
    HANDLE not_inheritable = CreateEventA(NULL, TRUE, FALSE, NULL);
    STARTUPINFOEXA info;
    PROCESS_INFORMATION made;
    SIZE_T bytes = 0;
    char arguments[64];
    int i;
    memset(&info, 0, sizeof info);
    info.StartupInfo.cb = sizeof info;
    say("how large", InitializeProcThreadAttributeList(NULL, 1, 0, &bytes));
    info.lpAttributeList = (LPPROC_THREAD_ATTRIBUTE_LIST)HeapAlloc(GetProcessHeap(), 0, bytes);
    say("InitializeProcThreadAttributeList", InitializeProcThreadAttributeList(info.lpAttributeList, 1, 0, &bytes));
    say("a wrong size", UpdateProcThreadAttribute(info.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, &first, 3, NULL, NULL));
    say("UpdateProcThreadAttribute", UpdateProcThreadAttribute(info.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, &first, sizeof first, NULL, NULL));
    for (i = 0; i < 2; i++) {
        sprintf(arguments, "handle %lx", (unsigned long)(ULONG_PTR)(i ? second : first));
        made = start(arguments, TRUE, EXTENDED_STARTUPINFO_PRESENT, NULL, &info.StartupInfo);
        printf("%lu\n", (unsigned long)end(&made));
    }
    DeleteProcThreadAttributeList(info.lpAttributeList);
    InitializeProcThreadAttributeList(info.lpAttributeList, 1, 0, &bytes);
    UpdateProcThreadAttribute(info.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, &not_inheritable, sizeof not_inheritable, NULL, NULL);
    start("exit 0", TRUE, EXTENDED_STARTUPINFO_PRESENT, NULL, &info.StartupInfo);
    DeleteProcThreadAttributeList(info.lpAttributeList);
}

static void failures(void)
{
    STARTUPINFOA info;
    PROCESS_INFORMATION made;
    char line[] = "no_such_program_anywhere x", directory[] = "exit 0";
    memset(&info, 0, sizeof info);
    info.cb = sizeof info;
    say("no such program", CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &info, &made));
    say("no such file", CreateProcessA("C:\\no such directory\\program.exe", NULL, NULL, NULL, FALSE, 0, NULL, NULL, &info, &made));
    say("no such current directory", CreateProcessA(self, directory, NULL, NULL, FALSE, 0, NULL, "C:\\no such directory", &info, &made));
}

static void times(void)
{
    PROCESS_INFORMATION made = start("exit 0", FALSE, 0, NULL, NULL);
    FILETIME created, ended, kernel, user;
    DWORD code = 1;
    WaitForSingleObject(made.hProcess, 30000);
    say("GetProcessTimes", GetProcessTimes(made.hProcess, &created, &ended, &kernel, &user));
    printf("ended after it was created: %d\n", CompareFileTime(&created, &ended) <= 0);
    say("GetExitCodeThread", GetExitCodeThread(made.hThread, &code));
    printf("%lu\n", (unsigned long)code);
    say_wait("the thread", WaitForSingleObject(made.hThread, 0));
    end(&made);
}

static void info(void)
{
    STARTUPINFOA info;
    PROCESS_INFORMATION made;
    char title[] = "a title";
    memset(&info, 0, sizeof info);
    info.cb = sizeof info;
    info.lpTitle = title;
    info.dwFlags = STARTF_USESHOWWINDOW;
    info.wShowWindow = 7;
    made = start("info", FALSE, 0, NULL, &info);
    end(&made);
}

int main(int count, char **arguments)
{
    if (count > 1)
        return child(count, arguments);
    GetModuleFileNameA(NULL, self, sizeof self);
    puts("-- exit codes");
    exit_codes();
    puts("-- the command line");
    lines();
    puts("-- the environment");
    environment();
    puts("-- suspended");
    suspended();
    puts("-- inherited by value");
    inherited();
    puts("-- a list of handles");
    listed();
    puts("-- what it is told");
    info();
    puts("-- failures");
    failures();
    puts("-- times");
    times();
    return 0;
}
