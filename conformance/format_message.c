/* FormatMessage: every code of the contract has a text; inserts; refusals (contract 10 section 1). The texts themselves differ
 * between systems and languages, so only their presence is printed. */
#include "say.h"
#include <string.h>

static const DWORD codes[] = {0, 1, 2, 3, 5, 6, 8, 32, 33, 38, 80, 87, 109, 121, 122, 123, 183, 234, 258, 995, 996, 997, 998, 1168, 1784, 1816};

int main(void)
{
    char text[512];
    WCHAR wide[512];
    LPSTR allocated = NULL;
    DWORD i, n;
    DWORD_PTR arguments[2];

    for (i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        n = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, codes[i], 0, text, sizeof text, NULL);
        printf("%lu: %s\n", codes[i], n > 2 && n == strlen(text) && strcmp(text + n - 2, "\r\n") == 0 ? "a line of text" : "nothing");
    }
    n = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, ERROR_FILE_NOT_FOUND, 0, wide, 512, NULL);
    printf("wide: %s\n", n > 2 && wide[n] == 0 && wide[n - 1] == '\n' ? "a line of text" : "nothing");
    n = FormatMessageA(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
                       ERROR_ACCESS_DENIED, MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT), (LPSTR)&allocated, 0, NULL);
    printf("allocated: %s\n", n > 0 && allocated != NULL && strlen(allocated) == n ? "yes" : "no");
    LocalFree(allocated);

    puts("-- inserts");
    arguments[0] = (DWORD_PTR)"port";
    arguments[1] = 42;
    n = FormatMessageA(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, "%1 number %2!u!, 100%%, again %1", 0, 0, text,
                       sizeof text, (va_list *)arguments);
    printf("%lu: %s\n", n, text);

    puts("-- refused");
    n = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, 0x2000BEEF, 0, text, sizeof text, NULL);
    printf("no such message: %lu", n);
    printf("/%lu\n", GetLastError());
    n = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, ERROR_FILE_NOT_FOUND, 0, text, 3, NULL);
    printf("no room: %lu", n);
    printf("/%lu\n", GetLastError());
    return 0;
}
