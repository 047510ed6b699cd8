/* strsafe.h: copies that never run over and say so, and the secure functions of the C library (design section 5). */
#include <windows.h>
#include <stdio.h>
#include <string.h>
#include <process.h>
#include <stdlib.h>
#include <strsafe.h>

/* What lies behind the zero is of interest only where it was asked to be filled. */
static void show_room(const char *what, HRESULT result, const char *text, const char *end, size_t left, DWORD flags)
{
    int at, most = flags & (STRSAFE_FILL_BEHIND_NULL | STRSAFE_FILL_ON_FAILURE) ? 8 : (int)(end - text) + 1;
    printf("%s: %08lX", what, (DWORD)result);
    for (at = 0; at < most; at++)
        printf(text[at] ? " %c" : " 0", text[at]);
    printf(", end %d, left %d\n", (int)(end - text), (int)left);
}

static void copy_with_flags(const char *what, size_t room, const char *from, DWORD flags)
{
    char text[] = "ab\0xxxxx", *end = text;
    size_t left = 99;
    HRESULT result = StringCchCopyExA(text, room, from, &end, &left, flags);
    show_room(what, result, text, end, left, flags);
}

static void cat_with_flags(const char *what, size_t room, const char *from, DWORD flags)
{
    char text[] = "ab\0xxxxx", *end = text;
    size_t left = 99;
    HRESULT result = StringCbCatExA(text, room, from, &end, &left, flags);
    show_room(what, result, text, end, left, flags);
}

static void at_the_end(void)
{
    puts("at the end");
}

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

    puts("-- flags");
    copy_with_flags("copy, filled behind", 6, "cde", STRSAFE_FILL_BEHIND_NULL | '#');
    copy_with_flags("copy, no room", 3, "cde", 0);
    copy_with_flags("copy, no truncation", 3, "cde", STRSAFE_NO_TRUNCATION);
    copy_with_flags("copy, nothing on failure", 3, "cde", STRSAFE_NULL_ON_FAILURE);
    copy_with_flags("copy, filled on failure", 3, "cde", STRSAFE_FILL_ON_FAILURE | '#');
    copy_with_flags("copy, filled with zeros on failure", 3, "cde", STRSAFE_FILL_ON_FAILURE);
    copy_with_flags("copy, room of 0", 0, "cde", 0);
    copy_with_flags("copy of nothing, room of 0", 0, "", 0);
    copy_with_flags("copy of NULL", 3, NULL, STRSAFE_IGNORE_NULLS);
    cat_with_flags("cat, filled behind", 7, "cde", STRSAFE_FILL_BEHIND_NULL | '#');
    cat_with_flags("cat, no room", 4, "cde", 0);
    cat_with_flags("cat, no truncation", 4, "cde", STRSAFE_NO_TRUNCATION);
    cat_with_flags("cat, nothing on failure", 4, "cde", STRSAFE_NULL_ON_FAILURE);
    cat_with_flags("cat, filled on failure", 4, "cde", STRSAFE_FILL_ON_FAILURE | '#');

    puts("-- exits that go on");
    atexit(at_the_end);
    _cexit();
    _c_exit();
    puts("still here");
    return 0;
}
