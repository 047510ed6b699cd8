/* A service that is its own installer, as Windows programs are. What it does goes to the file that its first argument of StartService names. */
#include <windows.h>
#include <stdio.h>
#include <string.h>

#define NAME "OvlTestService"
static SERVICE_STATUS_HANDLE handle;
static SERVICE_STATUS status = {SERVICE_WIN32_OWN_PROCESS, SERVICE_START_PENDING, 0, NO_ERROR, 0, 0, 0};
static HANDLE ended;
static FILE *log_file;

static void tell(DWORD state, DWORD accepted) {
    status.dwCurrentState = state;
    status.dwControlsAccepted = accepted;
    if (!SetServiceStatus(handle, &status) && log_file) fprintf(log_file, "SetServiceStatus %lu\n", GetLastError());
}

static DWORD WINAPI on_control(DWORD control, DWORD type, LPVOID data, LPVOID context) {
    (void)type, (void)data;
    if (log_file) fprintf(log_file, "control %lu %s\n", control, (char *)context), fflush(log_file);
    switch (control) {
    case SERVICE_CONTROL_STOP:
        tell(SERVICE_STOP_PENDING, 0);
        SetEvent(ended);
        return NO_ERROR;
    case SERVICE_CONTROL_PAUSE: tell(SERVICE_PAUSED, status.dwControlsAccepted); return NO_ERROR;
    case SERVICE_CONTROL_CONTINUE: tell(SERVICE_RUNNING, status.dwControlsAccepted); return NO_ERROR;
    case SERVICE_CONTROL_INTERROGATE: return NO_ERROR;
    case 130: ExitProcess(3);
    default: return ERROR_CALL_NOT_IMPLEMENTED;
    }
}

static VOID WINAPI service_main(DWORD count, LPSTR *arguments) {
    handle = RegisterServiceCtrlHandlerExA(NAME, on_control, (LPVOID) "context");
    if (!handle) ExitProcess(9);
    if (count > 1) log_file = fopen(arguments[1], "a");
    if (log_file) fprintf(log_file, "%s: %lu arguments, last %s\n", arguments[0], count, arguments[count - 1]), fflush(log_file);
    ended = CreateEvent(NULL, TRUE, FALSE, NULL);
    tell(SERVICE_RUNNING, SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PAUSE_CONTINUE);
    WaitForSingleObject(ended, 300000);
    if (log_file) fprintf(log_file, "stopped\n"), fclose(log_file);
    status.dwWin32ExitCode = 42;
    tell(SERVICE_STOPPED, 0);
}

static void say(const char *what, BOOL done) {
    DWORD error = GetLastError();
    printf("%s %d", what, done != 0);
    if (!done) printf(" %lu", error);
    printf("\n");
}

static void show(SC_HANDLE service) {
    SERVICE_STATUS_PROCESS now;
    DWORD needed;
    if (!QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, (LPBYTE)&now, sizeof now, &needed)) say("QueryServiceStatusEx", FALSE);
    else printf("state %lu exit %lu process %d\n", now.dwCurrentState, now.dwWin32ExitCode, now.dwProcessId != 0);
}

static void wait_for(SC_HANDLE service, DWORD state) {
    SERVICE_STATUS now;
    int i;
    for (i = 0; i < 6000 && QueryServiceStatus(service, &now) && now.dwCurrentState != state; i++) Sleep(5);
    show(service);
}

static void control(SC_HANDLE service, DWORD code) {
    SERVICE_STATUS after;
    BOOL done = ControlService(service, code, &after);
    DWORD error = GetLastError();
    printf("control %lu: %d", code, done);
    if (!done) printf(" %lu", error);
    else printf(" state %lu", after.dwCurrentState);
    printf("\n");
}

static int manage(const char *log) {
    char path[MAX_PATH + 2], room[1000];
    const char *arguments[3];
    DWORD needed, count, resume = 0, size;
    SERVICE_DESCRIPTIONA description = {(LPSTR) "What it does, in a line"};
    SC_ACTION actions[] = {{SC_ACTION_RESTART, 1000}, {SC_ACTION_NONE, 0}};
    SERVICE_FAILURE_ACTIONSA failure = {60, NULL, NULL, 2, actions};
    SC_HANDLE scm = OpenSCManager(NULL, NULL, SC_MANAGER_ALL_ACCESS), service, again;
    LPQUERY_SERVICE_CONFIGA config = (LPQUERY_SERVICE_CONFIGA)room;
    arguments[0] = log, arguments[1] = "second, with 100%", arguments[2] = "";
    path[0] = '"';
    GetModuleFileNameA(NULL, path + 1, MAX_PATH);
    strcat(path, "\" service");
    service = CreateServiceA(scm, NAME, "A service for a test", SERVICE_ALL_ACCESS, SERVICE_WIN32_OWN_PROCESS, SERVICE_DEMAND_START,
                             SERVICE_ERROR_NORMAL, path, NULL, NULL, "Tcpip\0Afd\0", NULL, NULL);
    say("CreateService", service != NULL);
    again = CreateServiceA(scm, "ovltestservice", NULL, 0, SERVICE_WIN32_OWN_PROCESS, SERVICE_DEMAND_START, 1, path, NULL, NULL, NULL, NULL, NULL);
    say("again", again != NULL);
    say("ChangeServiceConfig2", ChangeServiceConfig2A(service, SERVICE_CONFIG_DESCRIPTION, &description));
    say("ChangeServiceConfig2", ChangeServiceConfig2A(service, SERVICE_CONFIG_FAILURE_ACTIONS, &failure));
    say("too small", QueryServiceConfigA(service, config, 4, &needed));
    say("QueryServiceConfig", QueryServiceConfigA(service, config, sizeof room, &needed));
    printf("%lu %lu %d %s %s %s\n", config->dwStartType, config->dwServiceType, !strcmp(config->lpBinaryPathName, path),
           config->lpDependencies, config->lpDependencies + 6, config->lpDisplayName);
    say("QueryServiceConfig2", QueryServiceConfig2A(service, SERVICE_CONFIG_DESCRIPTION, (LPBYTE)room, sizeof room, &needed));
    printf("%s\n", ((LPSERVICE_DESCRIPTIONA)room)->lpDescription);
    QueryServiceConfig2A(service, SERVICE_CONFIG_FAILURE_ACTIONS, (LPBYTE)room, sizeof room, &needed);
    printf("%lu %lu\n", ((LPSERVICE_FAILURE_ACTIONSA)room)->cActions, ((LPSERVICE_FAILURE_ACTIONSA)room)->lpsaActions[0].Delay);
    size = sizeof room;
    say("GetServiceKeyName", GetServiceKeyNameA(scm, "a service for a TEST", room, &size));
    printf("%s %lu\n", room, size);

    show(service);
    control(service, SERVICE_CONTROL_STOP);
    say("StartService", StartServiceA(service, 3, arguments));
    wait_for(service, SERVICE_RUNNING);
    say("running", StartServiceA(service, 0, NULL));
    say("EnumServicesStatusEx", EnumServicesStatusExA(scm, SC_ENUM_PROCESS_INFO, SERVICE_WIN32, SERVICE_ACTIVE, (LPBYTE)room, sizeof room, &needed,
                                                      &count, &resume, NULL));
    printf("%lu %s\n", count, ((LPENUM_SERVICE_STATUS_PROCESSA)room)->lpServiceName);
    control(service, SERVICE_CONTROL_PAUSE);
    show(service);
    control(service, SERVICE_CONTROL_CONTINUE);
    control(service, 129);
    control(service, SERVICE_CONTROL_PARAMCHANGE);
    control(service, 200000);
    control(service, SERVICE_CONTROL_STOP);
    wait_for(service, SERVICE_STOPPED);

    say("StartService", StartServiceA(service, 0, NULL));
    wait_for(service, SERVICE_RUNNING);
    control(service, 130);
    wait_for(service, SERVICE_STOPPED);
    say("no service", StartServiceA(OpenServiceA(scm, "nothing", SERVICE_START), 0, NULL));
    say("ChangeServiceConfig", ChangeServiceConfigA(service, SERVICE_NO_CHANGE, SERVICE_NO_CHANGE, SERVICE_NO_CHANGE, "/bin/true", NULL, NULL,
                                                    NULL, NULL, NULL, NULL));
    say("no dispatcher", StartServiceA(service, 0, NULL));
    say("DeleteService", DeleteService(service));
    say("again", DeleteService(service));
    CloseServiceHandle(service);
    service = OpenServiceA(scm, NAME, SERVICE_QUERY_STATUS);
    say("gone", service != NULL);
    return 0;
}

int main(int argc, char **argv) {
    SERVICE_TABLE_ENTRYA table[] = {{(LPSTR)NAME, service_main}, {NULL, NULL}};
    if (argc > 2) return manage(argv[2]);
    if (StartServiceCtrlDispatcherA(table)) return 7;
    printf("no service: %lu\n", GetLastError());
    return 1;
}
