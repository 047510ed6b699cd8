// Listing a directory by pattern, sorted because the order is nobody's promise (contract 01 section 1.1, 10: code 18).
#include "say.h"
#include <algorithm>
#include <string>
#include <vector>

static void make(const char *name, DWORD bytes)
{
    DWORD n;
    HANDLE file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
    WriteFile(file, "0123456789", bytes, &n, NULL);
    CloseHandle(file);
}

static void list(const char *pattern)
{
    std::vector<std::string> lines;
    WIN32_FIND_DATAA found;
    HANDLE listing = FindFirstFileA(pattern, &found);
    printf("%s:\n", pattern);
    if (listing == INVALID_HANDLE_VALUE) {
        printf("  -1/%lu\n", GetLastError());
        return;
    }
    do {
        char line[300];
        bool directory = found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY;
        sprintf(line, "  %s%s %lu", found.cFileName, directory ? "\\" : "", directory ? 0 : found.nFileSizeLow);
        lines.push_back(line);
    } while (FindNextFileA(listing, &found));
    DWORD error = GetLastError();
    std::sort(lines.begin(), lines.end());
    for (const std::string &line : lines)
        puts(line.c_str());
    printf("  ended with %lu\n", error);
    say("  FindClose", FindClose(listing));
}

int main()
{
    CreateDirectoryA("listed", NULL);
    CreateDirectoryA("listed\\inner", NULL);
    make("listed\\a.txt", 1);
    make("listed\\ab.txt", 2);
    make("listed\\abc.dat", 3);
    make("listed\\noextension", 4);

    list("listed\\*");
    list("listed\\*.txt");
    list("listed\\a?.txt");
    list("listed\\A*.DAT");
    list("listed\\abc.dat");
    list("listed\\*.none");
    list("nowhere\\*");

    WIN32_FIND_DATAW wide;
    HANDLE listing = FindFirstFileW(L"listed\\abc.*", &wide);
    printf("FindFirstFileW: %S, %lu bytes\n", wide.cFileName, wide.nFileSizeLow);
    FindClose(listing);
    say("FindClose of nothing", FindClose(INVALID_HANDLE_VALUE));

    DeleteFileA("listed\\a.txt");
    DeleteFileA("listed\\ab.txt");
    DeleteFileA("listed\\abc.dat");
    DeleteFileA("listed\\noextension");
    RemoveDirectoryA("listed\\inner");
    say("RemoveDirectory", RemoveDirectoryA("listed"));
    return 0;
}
