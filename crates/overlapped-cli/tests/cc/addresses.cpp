// The address and the type of a function that the headers have twice, and names that are something else.
#include <winsock2.h>
#include <windows.h>
#include <cstdio>
#include <functional>
#include <memory>

typedef decltype(&GetQueuedCompletionStatusEx) Get;
static decltype(&ReadFile) real_read = ReadFile;
static auto real_write = &::WriteFile;
static auto send_all = &WSASend;
using Handle = std::unique_ptr<std::remove_pointer_t<HANDLE>, decltype(&CloseHandle)>;
template <class F> F take(F f) { return f; }
template <class R, class... A> constexpr int arguments(R (*)(A...)) { return sizeof...(A); }

static BOOL WINAPI mine(HANDLE file, LPVOID to, DWORD bytes, LPDWORD done, LPOVERLAPPED overlapped) {
    return real_read(file, to, bytes, done, overlapped);
}
class File {
public:
    BOOL ReadFile(int x) { return x; }
    static int WriteFile(int y) { return y; }
};

int main() {
    auto get = reinterpret_cast<Get>(GetProcAddress(GetModuleHandleW(L"kernel32"), "GetQueuedCompletionStatusEx"));
    std::function<decltype(CreateEventW)> create = CreateEventW;
    std::function<decltype(::ReadFile)> read = mine;
    Handle event(create(nullptr, TRUE, FALSE, nullptr), &CloseHandle);
    HANDLE port = take(CreateIoCompletionPort)(INVALID_HANDLE_VALUE, nullptr, 0, 0);
    OVERLAPPED_ENTRY entry;
    ULONG count = 0;
    BOOL got = get(port, &entry, 1, &count, 0, FALSE);
    printf("%d %d %d", got, (int)GetLastError(), (int)WaitForSingleObject(event.get(), 0));
    unsigned long bytes = 7;
    got = ReadFile(nullptr, nullptr, 0, &bytes, nullptr);
    printf(" %d %d %d", got, (int)bytes, read(nullptr, nullptr, 0, nullptr, nullptr));
    printf(" %d %d %d", File().ReadFile(3), (&File::WriteFile)(4), take(&DeviceIoControl) != nullptr);
    printf(" %d %d %d\n", arguments(real_write), arguments(send_all), arguments(&GetOverlappedResult));
    CloseHandle(port);
}
