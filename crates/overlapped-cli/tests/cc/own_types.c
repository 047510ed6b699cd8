/* A program with an off_t of its own, as servers have that want 64 bits for it; the environment, the console's code page and the event log,
 * as they use them. */
#include <winsock2.h>
#include <windows.h>
typedef __int64 off_t;
#define _OFF_T_DEFINED
#define _OFF_T_
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>

int main(void) {
    off_t offset = 5000000000LL;
    off_t *same = &offset;
    char text[8] = "Gr\xC3\xBC" "n";
    const char *strings[2] = {"a line of a test", NULL};
    HANDLE source;
    HKEY key;
    LONG refused;

    __int64 *wide = same;
    printf("%I64d %d %d\n", *wide, environ != NULL, _environ != NULL);
    CharToOemBuff(text, text, 5);
    printf("%d\n", strcmp(text, "Gr\xC3\xBCn"));
    refused = RegCreateKeyEx(HKEY_LOCAL_MACHINE, "SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\test", 0, NULL,
                             REG_OPTION_NON_VOLATILE, KEY_SET_VALUE, NULL, &key, NULL);
    source = RegisterEventSource(NULL, "overlapped test");
    printf("%d %d", (int)refused, ReportEvent(source, EVENTLOG_INFORMATION_TYPE, 0, 3299, NULL, 2, 0, strings, NULL));
    printf(" %d\n", DeregisterEventSource(source));
    /* windows.h brings <ctype.h> along. */
    return isdigit(text[0]) != 0;
}
