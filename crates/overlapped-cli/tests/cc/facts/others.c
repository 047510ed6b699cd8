/* What few programs ask: packages, sessions, events, links, and an environment of one's own. */
#include "facts.h"
#include <winternl.h>
#include <appmodel.h>
#include <wtsapi32.h>
#include <evntprov.h>
#include <psapi.h>

static BOOL CALLBACK pages(void*c, PENUM_PAGE_FILE_INFORMATION i, LPCWSTR n){ ++*(int*)c; return TRUE; }
static BOOL CALLBACK pagesa(void*c, PENUM_PAGE_FILE_INFORMATION i, LPCSTR n){ ++*(int*)c; return TRUE; }

int main(void) {
    char a[600];
    WCHAR w[600];
    UINT32 n = 600;
    UNICODE_STRING us;
    ANSI_STRING as;
    HANDLE me = GetCurrentProcess();
    int c = 0;
    ULONGLONG u = 0;
    FILETIME ft = {0, 0x01D00000}, fo;
    SYSTEMTIME st;
    /* packages */
    CODE(GetCurrentPackageFamilyName(&n, w), 0x3d54);
    CODE(GetCurrentPackageId(&n, (void*)a), 0x3d54);
    CODE(GetCurrentPackageInfo(0, &n, (void*)a, 0), 0x3d54);
    CODE(GetCurrentPackagePath(&n, w), 0x3d54);
    CODE(GetApplicationUserModelId(me, &n, w), 0x3d57);
    CODE(GetPackageFamilyName(me, &n, w), 0x3d54);
    CODE(GetPackageId(me, &n, (void*)a), 0x3d54);
    /* strings */
    CODE(RtlInitAnsiStringEx(&as, "abc"), 0);
    IS(as.Length, 3);
    IS(as.MaximumLength, 4);
    CODE(RtlInitStringEx(&as, 0), 0);
    IS(as.Length, 0);
    IS(as.Buffer == 0, 1);
    /* clocks */
    QueryInterruptTimePrecise(&u);
    IS(u>0, 1);
    /* wow64 */
    FAILS(GetSystemWow64Directory2A(a, 600, 0x14c), 120);
    FAILS(GetSystemWow64Directory2W(w, 600, 0x14c), 120);
    /* sessions */
    FAILS(WTSDisconnectSession(0, 77777, 0), 7022);
    FAILS(WTSShutdownSystem(0, 0x100), 1314);
    /* events */
    CODE(EventWriteString(0, 0, 0, L"x"), 0x6);
    CODE(EventWriteTransfer(0, 0, 0, 0, 0, 0), 0x6);
    /* pages */
    IS(K32EnumPageFilesW(pages, &c), 1);
    FAILS(K32EnumPageFilesW(0, &c), 87);
    FAILS(K32EnumPageFilesA(0, &c), 87);
    IS(K32EmptyWorkingSet(me), 1);
    FAILS(K32EmptyWorkingSet(0), 6);
    /* others */
    FAILS(AbortSystemShutdownW(L"\\\\no-such-machine"), 1116);
    FAILS(CreateSymbolicLinkW(L"l", 0, 0), 3);
    FAILS(CreateSymbolicLinkW(L"", L"x", 0), 3);
    FAILS(CreateSymbolicLinkW(L"l", L"x", 8), 87);
    IS(CreateSymbolicLinkW(L"link", L"none", 0), 1);
    FAILS(CreateSymbolicLinkW(L"link", L"none", 0), 183);
    IS(DeleteFileW(L"link"), 1);
    FAILS(GetFirmwareEnvironmentVariableExA("x", "bad guid", a, 1, 0), 1);
    FAILS(GetFirmwareEnvironmentVariableExW(L"x", L"bad guid", a, 1, 0), 1);
    FAILS(SetDynamicTimeZoneInformation(0), 87);
    FAILS(ReportEventW(0, 4, 0, 1, 0, 0, 0, 0, 0), 6);
    IS(SetEnvironmentStringsW(L"FACTS_A=1\0FACTS_B=2\0"), 1);
    IS(GetEnvironmentVariableA("FACTS_B", a, 600), 1);
    TEXT_IS(a, "2");
    FAILS(GetEnvironmentVariableA("PATH", a, 600), 203);
    return failures;
}
