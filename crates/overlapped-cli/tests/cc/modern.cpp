// What C++ for Windows has: suffixes of Microsoft's compiler, wide paths, calls by way of the global namespace.
#include <windows.h>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <string>

int main() {
    OVERLAPPED overlapped;
    ::ZeroMemory(&overlapped, sizeof(overlapped));
    LARGE_INTEGER due;
    due.QuadPart = -10000i64;
    static_assert(0xFFui64 == 255 && sizeof(1i64) == 8 && 3i32 == 3, "");
    const std::filesystem::path path = std::filesystem::path(L"donn\u00e9es") / L"x.txt";
    std::cout << due.QuadPart << ' ' << overlapped.Offset << ' ' << path.string() << ' ' << path.wstring().size() << std::endl;
#if defined(__linux__) || defined(__unix__)
    std::cout << "not Windows" << std::endl;
#endif
}
