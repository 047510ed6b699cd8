/* strsafe.h: copies that never run over and say so, and the secure functions of the C library (design section 5). */
#include <windows.h>
#include <stdio.h>
#include <string.h>
#include <strsafe.h>

static void show(const char *what, HRESULT result, const char *text)
{
    printf("%s: %08lX '%s'\n", what, (DWORD)result, text);
}

int main(void)
{
    char text[10];
    WCHAR wide[10];
    size_t n = 0;
    HRESULT result;

    puts("-- strsafe");
    result = StringCchCopyA(text, 10, "fits");
    show("copy", result, text);
    result = StringCchCatA(text, 10, " well");
    show("cat", result, text);
    result = StringCchCatA(text, 10, "!");
    show("cat without room", result, text);
    result = StringCchCopyA(text, 10, "much too long for it");
    show("copy without room", result, text);
    result = StringCchCopyNA(text, 10, "abcdef", 3);
    show("copy three", result, text);
    result = StringCchPrintfA(text, 10, "%d-%s", 42, "x");
    show("printf", result, text);
    result = StringCchPrintfA(text, 10, "%s", "0123456789");
    show("printf without room", result, text);
    result = StringCbCopyA(text, sizeof text, "bytes");
    show("bytes", result, text);
    result = StringCchLengthA(text, 10, &n);
    printf("length: %08lX %lu\n", (DWORD)result, (DWORD)n);
    result = StringCchLengthA("0123456789", 10, &n);
    printf("no end: %08lX %lu\n", (DWORD)result, (DWORD)n);
    result = StringCchCopyA(text, 0, "");
    printf("no buffer: %08lX\n", (DWORD)result);
    result = StringCchCopyW(wide, 10, L"wide");
    printf("wide: %08lX %S\n", (DWORD)result, wide);
    result = StringCchPrintfW(wide, 10, L"%s%d", L"no", 5);
    printf("wide printf: %08lX %S\n", (DWORD)result, wide);
    printf("succeeded: %d, failed: %d\n", SUCCEEDED(S_OK) != 0, FAILED(STRSAFE_E_INSUFFICIENT_BUFFER) != 0);

    puts("-- secure functions");
    printf("strcpy_s: %d", strcpy_s(text, sizeof text, "secure"));
    printf(" %s\n", text);
    printf("strcat_s: %d", strcat_s(text, sizeof text, "!"));
    printf(" %s\n", text);
    printf("sprintf_s: %d", sprintf_s(text, sizeof text, "%03d", 7));
    printf(" %s\n", text);
    printf("memcpy_s: %d", memcpy_s(text, sizeof text, "copied", 7));
    printf(" %s\n", text);
    printf("strncpy_s: %d", strncpy_s(text, sizeof text, "truncated", 4));
    printf(" %s\n", text);
    return 0;
}
