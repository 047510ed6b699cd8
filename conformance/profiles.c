/* Initialization files: values, lists and changes of GetPrivateProfileString and its family. */
#include "say.h"
#include <string.h>

static char file[MAX_PATH];

/* What was told, with bars for the zeros. */
static void say_list(const char *what, DWORD told, const char *text)
{
    DWORD i;
    printf("%s: %lu ", what, (unsigned long)told);
    for (i = 0; i <= told; i++)
        putchar(text[i] ? text[i] : '|');
    putchar('\n');
}

static void value(const char *section, const char *key, DWORD room)
{
    char text[200];
    say_list(key ? key : "keys", GetPrivateProfileStringA(section, key, "otherwise  ", text, room, file), text);
}

int main(void)
{
    static const char content[] =
        "; a comment\r\nloose=1\r\n[One]\r\nalpha = first\r\nBeta=\"quoted \"\r\nneg=-5\r\nhex=0x1F\r\nbare\r\nmix=12abc\r\nempty=\r\n"
        "alpha=second\r\n[ Two ] behind\r\nk=v;c\r\n[one]\r\nlate=9\r\n";
    char text[200];
    WCHAR wide[200], wide_file[MAX_PATH];
    DWORD done, numbers[2] = {1, 0x7FFFFFFF}, back[2] = {0, 0};
    HANDLE written;

    GetCurrentDirectoryA(MAX_PATH - 20, file);
    strcat(file, "\\profile.ini");
    written = CreateFileA(file, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    say("the file", WriteFile(written, content, sizeof content - 1, &done, NULL));
    CloseHandle(written);

    puts("-- values");
    value("one", "ALPHA", 200);
    value("one", "alpha", 4);
    value("one", "beta", 200);
    value("one", "empty", 200);
    value("one", "bare", 200);
    value("one", "late", 200);
    value("TWO", "k", 200);
    value("three", "k", 200);
    value("", "loose", 200);
    MultiByteToWideChar(CP_ACP, 0, file, -1, wide_file, MAX_PATH);
    printf("wide: %lu\n", (unsigned long)GetPrivateProfileStringW(L"One", L"Alpha", NULL, wide, 200, wide_file));

    puts("-- lists");
    value("one", NULL, 200);
    say_list("sections", GetPrivateProfileSectionNamesA(text, 200, file), text);
    say_list("one section", GetPrivateProfileSectionA("two", text, 200, file), text);
    say_list("cut", GetPrivateProfileSectionA("one", text, 10, file), text);

    puts("-- numbers");
    printf("%d %d %d %d %d\n", (int)GetPrivateProfileIntA("one", "neg", 7, file), (int)GetPrivateProfileIntA("one", "hex", 7, file),
           (int)GetPrivateProfileIntA("one", "mix", 7, file), (int)GetPrivateProfileIntA("one", "empty", 7, file),
           (int)GetPrivateProfileIntA("one", "alpha", 7, file));

    puts("-- changes");
    say("another value", WritePrivateProfileStringA("one", "alpha", "new", file));
    say("another key", WritePrivateProfileStringA("one", "added", "x y", file));
    say("another section", WritePrivateProfileStringA("three", "k", "v", file));
    say("a key less", WritePrivateProfileStringA("one", "neg", NULL, file));
    say("a section less", WritePrivateProfileStringA("two", NULL, NULL, file));
    say("a section at once", WritePrivateProfileSectionA("four", "a=1\0b=2\0", file));
    say("a structure", WritePrivateProfileStructA("four", "s", numbers, 8, file));
    say("and back", GetPrivateProfileStructA("four", "s", back, 8, file));
    printf("the same: %s\n", memcmp(numbers, back, 8) == 0 ? "yes" : "no");
    value("one", NULL, 200);
    value("one", "alpha", 200);
    value("four", "s", 200);
    say_list("sections", GetPrivateProfileSectionNamesA(text, 200, file), text);
    DeleteFileA(file);

    puts("-- a file that is not there");
    strcpy(strrchr(file, '\\'), "\\no\\profile.ini");
    SetLastError(0);
    value("one", "alpha", 200);
    printf("last error %lu\n", (unsigned long)GetLastError());
    say("nor its directory", WritePrivateProfileStringA("a", "b", "c", file));
    return 0;
}
