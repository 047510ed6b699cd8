/* Jobs: processes that end with their job, and what a port hears of them. The program starts itself. */
#include "say.h"

static char self[MAX_PATH];

static PROCESS_INFORMATION start(const char *arguments, DWORD flags)
{
    STARTUPINFOA info;
    PROCESS_INFORMATION made;
    char line[1024];
    memset(&info, 0, sizeof info);
    memset(&made, 0, sizeof made);
    info.cb = sizeof info;
    sprintf(line, "\"%s\" %s", self, arguments);
    fflush(stdout);
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, flags, NULL, NULL, &info, &made))
        printf("CreateProcess: FALSE/%lu\n", (unsigned long)GetLastError());
    return made;
}

static void end(PROCESS_INFORMATION *child)
{
    DWORD code = 4711;
    say_wait("it ends", WaitForSingleObject(child->hProcess, 30000));
    GetExitCodeProcess(child->hProcess, &code);
    printf("%lu\n", (unsigned long)code);
    CloseHandle(child->hThread);
    CloseHandle(child->hProcess);
}

static void limit(HANDLE job, DWORD flags, DWORD active)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;
    memset(&limits, 0, sizeof limits);
    limits.BasicLimitInformation.LimitFlags = flags;
    limits.BasicLimitInformation.ActiveProcessLimit = active;
    say("SetInformationJobObject", SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits));
}

static void hear(HANDLE port, DWORD process)
{
    DWORD message = 0;
    ULONG_PTR key = 0;
    LPOVERLAPPED which = NULL;
    BOOL heard = GetQueuedCompletionStatus(port, &message, &key, &which, 30000);
    printf("heard %d: message %lu, key %lu, ", heard, (unsigned long)message, (unsigned long)key);
    puts(which == NULL ? "of none" : (DWORD)(ULONG_PTR)which == process ? "of the child" : "of another");
}

int main(int count, char **arguments)
{
    JOBOBJECT_ASSOCIATE_COMPLETION_PORT association;
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION accounting;
    JOBOBJECT_BASIC_PROCESS_ID_LIST list;
    PROCESS_INFORMATION made, other;
    HANDLE job, port;
    BOOL is = 5;
    DWORD used = 0;
    if (count > 1) {
        if (!strcmp(arguments[1], "sleep"))
            Sleep(60000);
        return atoi(arguments[1]);
    }
    GetModuleFileNameA(NULL, self, sizeof self);

    puts("-- what a port hears");
    job = CreateJobObjectA(NULL, NULL);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    association.CompletionKey = (PVOID)77;
    association.CompletionPort = port;
    say("JobObjectAssociateCompletionPortInformation", SetInformationJobObject(job, JobObjectAssociateCompletionPortInformation, &association, sizeof association));
    made = start("9", CREATE_SUSPENDED);
    say("AssignProcessToJobObject", AssignProcessToJobObject(job, made.hProcess));
    say("IsProcessInJob", IsProcessInJob(made.hProcess, job, &is));
    printf("%d\n", is);
    say("QueryInformationJobObject", QueryInformationJobObject(job, JobObjectBasicAccountingInformation, &accounting, sizeof accounting, &used));
    printf("%lu of %lu, %lu bytes\n", (unsigned long)accounting.ActiveProcesses, (unsigned long)accounting.TotalProcesses, (unsigned long)used);
    say("the processes", QueryInformationJobObject(job, JobObjectBasicProcessIdList, &list, sizeof list, NULL));
    printf("%lu, the child: %d\n", (unsigned long)list.NumberOfProcessIdsInList, list.ProcessIdList[0] == made.dwProcessId);
    ResumeThread(made.hThread);
    hear(port, made.dwProcessId);
    hear(port, made.dwProcessId);
    hear(port, made.dwProcessId);
    end(&made);

    puts("-- ended together");
    made = start("sleep", 0);
    other = start("sleep", 0);
    AssignProcessToJobObject(job, made.hProcess);
    AssignProcessToJobObject(job, other.hProcess);
    say("TerminateJobObject", TerminateJobObject(job, 12));
    end(&made);
    end(&other);
    CloseHandle(job);
    CloseHandle(port);

    puts("-- ended with the last handle");
    job = CreateJobObjectA(NULL, NULL);
    limit(job, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE, 0);
    made = start("sleep", 0);
    AssignProcessToJobObject(job, made.hProcess);
    say_wait("it runs", WaitForSingleObject(made.hProcess, 50));
    CloseHandle(job);
    end(&made);

    puts("-- wrong arguments");
    job = CreateJobObjectA(NULL, NULL);
    say("not a job", AssignProcessToJobObject(GetCurrentProcess(), GetCurrentProcess()));
    CloseHandle(job);
    return 0;
}
