// What CreateFileW answers to names that cannot be opened (contract 01 section 2.5).
#define UNICODE
#define _UNICODE
#include "say.h"
#include <tchar.h>

static void open(const char *what, const wchar_t *name, DWORD flags = 0, DWORD disposition = OPEN_EXISTING)
{
    HANDLE file = CreateFile(name, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, disposition, flags, nullptr);
    say_handle(what, file);
    if (file != INVALID_HANDLE_VALUE)
        CloseHandle(file);
}

int main()
{
    say("CreateDirectory", CreateDirectory(L"folder", nullptr));
    say("CreateDirectory again", CreateDirectory(L"folder", nullptr));
    CloseHandle(CreateFile(L"folder\\b\u00e4r.txt", GENERIC_WRITE, 0, nullptr, CREATE_NEW, 0, nullptr));

    open("empty name", L"");
    open("asterisk", L"wild*card");
    open("question mark", L"what?");
    open("missing", L"missing.dat");
    open("missing in a missing directory", L"nowhere\\missing.dat");
    open("a directory", L"folder");
    open("a directory, CREATE_ALWAYS", L"folder", 0, CREATE_ALWAYS);
    open("a directory with a backslash", L"folder\\");
    open("a directory with FILE_FLAG_BACKUP_SEMANTICS", L"folder", FILE_FLAG_BACKUP_SEMANTICS);
    open("the same, OPEN_ALWAYS", L"folder", FILE_FLAG_BACKUP_SEMANTICS, OPEN_ALWAYS);
    open("an unknown device", L"\\\\.\\unknownname");
    open("letters beyond ASCII", L"folder\\b\u00e4r.txt");
    open("a slash the other way", L"folder/b\u00e4r.txt");
    open("another case", L"FOLDER\\B\u00e4R.TXT");
    open("dots in between", L"folder\\..\\folder\\.\\b\u00e4r.txt");
    open("NUL", L"NUL");

    say("RemoveDirectory of one that is not empty", RemoveDirectory(L"folder"));
    say("DeleteFile of a directory", DeleteFile(L"folder"));
    say("DeleteFile", DeleteFile(L"folder\\b\u00e4r.txt"));
    say("RemoveDirectory", RemoveDirectory(L"folder"));
    say("RemoveDirectory again", RemoveDirectory(L"folder"));
    return 0;
}
