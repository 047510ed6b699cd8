/* Processes by their numbers: the calling one, as there is no other that all systems have. */
#include "say.h"
#include <psapi.h>

static const char *base(const char *path)
{
    const char *name = strrchr(path, '\\');
    return name ? name + 1 : path;
}

int main(void)
{
    HANDLE process, limited, copy, thread = GetCurrentThread();
    DWORD code = 0, size, ids[4096], bytes, i, found = 0;
    FILETIME created, ended, kernel, user;
    DWORD_PTR own = 0, all = 0;
    char image[MAX_PATH], module[MAX_PATH];
    WCHAR wide[MAX_PATH];
    PROCESS_MEMORY_COUNTERS memory;
    BOOL wow = 5;

    puts("-- OpenProcess");
    process = OpenProcess(PROCESS_ALL_ACCESS, FALSE, GetCurrentProcessId());
    printf("opened: %d\n", process != NULL);
    limited = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, GetCurrentProcessId());
    printf("opened to look at: %d\n", limited != NULL);
    say("number 0", OpenProcess(PROCESS_ALL_ACCESS, FALSE, 0) != NULL);
    say("no number", OpenProcess(SYNCHRONIZE, FALSE, 0xFFFFFFF0) != NULL);
    printf("its number: %d\n", GetProcessId(process) == GetCurrentProcessId());
    say("a copy", DuplicateHandle(GetCurrentProcess(), GetCurrentProcess(), GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
    printf("its number: %d\n", GetProcessId(copy) == GetCurrentProcessId());
    say_wait("it runs", WaitForSingleObject(process, 0));
    say("no right to wait", WaitForSingleObject(limited, 0) != WAIT_FAILED);

    puts("-- the exit code");
    say("GetExitCodeProcess", GetExitCodeProcess(limited, &code));
    printf("%lu\n", (unsigned long)code);
    say("of a thread", GetExitCodeProcess(thread, &code));
    say("of nothing", GetExitCodeProcess(NULL, &code));
    say("no right to end it", TerminateProcess(limited, 1));
    say("a thread", TerminateProcess(thread, 1));

    puts("-- its program");
    size = sizeof image;
    say("QueryFullProcessImageNameA", QueryFullProcessImageNameA(limited, 0, image, &size));
    GetModuleFileNameA(NULL, module, sizeof module);
    printf("%d %d\n", size == strlen(image), _stricmp(base(image), base(module)));
    size = MAX_PATH;
    say("QueryFullProcessImageNameW", QueryFullProcessImageNameW(process, 0, wide, &size));
    printf("%d\n", size == wcslen(wide));
    size = 3;
    say("too little room", QueryFullProcessImageNameA(process, 0, image, &size));

    puts("-- what it has used");
    say("GetProcessTimes", GetProcessTimes(process, &created, &ended, &kernel, &user));
    printf("%d %lu\n", created.dwHighDateTime > 0x01D00000, (unsigned long)ended.dwHighDateTime);
    memset(&memory, 0, sizeof memory);
    say("GetProcessMemoryInfo", GetProcessMemoryInfo(process, &memory, sizeof memory));
    printf("%d %d\n", memory.WorkingSetSize > 4096, memory.PeakWorkingSetSize >= memory.WorkingSetSize / 2);
    say("GetProcessHandleCount", GetProcessHandleCount(process, &size));
    printf("some handles: %d\n", size >= 3);
    say("IsWow64Process", IsWow64Process(process, &wow));
    printf("%d\n", wow);

    puts("-- processors and priorities");
    say("GetProcessAffinityMask", GetProcessAffinityMask(process, &own, &all));
    printf("%d %d\n", own != 0, (own & ~all) == 0);
    say("SetProcessAffinityMask", SetProcessAffinityMask(process, own));
    say("none", SetProcessAffinityMask(process, 0));
    printf("normal: %d\n", GetPriorityClass(process) == NORMAL_PRIORITY_CLASS);
    say("SetPriorityClass", SetPriorityClass(process, BELOW_NORMAL_PRIORITY_CLASS));
    printf("below normal: %d\n", GetPriorityClass(GetCurrentProcess()) == BELOW_NORMAL_PRIORITY_CLASS);
    say("no class", SetPriorityClass(process, 0x12345));
    say("no right", SetPriorityClass(limited, NORMAL_PRIORITY_CLASS));

    puts("-- all of them");
    say("EnumProcesses", EnumProcesses(ids, sizeof ids, &bytes));
    for (i = 0; i < bytes / sizeof *ids; i++)
        found += ids[i] == GetCurrentProcessId();
    printf("found %lu\n", (unsigned long)found);

    CloseHandle(copy);
    CloseHandle(limited);
    CloseHandle(process);
    return 0;
}
