// Structured exceptions beside those of C++.
#include <windows.h>
#include <memory>
#include <stdio.h>
#include <stdexcept>
#include <string>
#include <vector>

struct Noisy {
    ~Noisy() { printf("destroyed\n"); }
};

static void raises() {
    Noisy noisy;
    RaiseException(0xE0000003, 0, 0, NULL);
}

static void throws() {
    __try {
        throw std::runtime_error("thrown");
    } __finally {
        printf("finally %d\n", AbnormalTermination());
    }
}

int main() {
    setvbuf(stdout, NULL, _IONBF, 0);
    __try {
        raises();
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        printf("%08lX\n", (unsigned long)GetExceptionCode());
    }
    try {
        throws();
    } catch (const std::exception &error) {
        printf("%s\n", error.what());
    }
    __try {
        throws();
    } __except (GetExceptionCode() == 0xE06D7363 ? EXCEPTION_EXECUTE_HANDLER : EXCEPTION_CONTINUE_SEARCH) {
        printf("a C++ exception\n");
    }
    std::vector<std::string> still(3, "works");
    printf("%s\n", still.at(2).c_str());
    HANDLE thread = CreateThread(NULL, 0, [](LPVOID) -> DWORD {
        __try { ExitThread(5); } __except (EXCEPTION_EXECUTE_HANDLER) { printf("not reached\n"); }
        return 6;
    }, NULL, 0, NULL);
    DWORD code = 0;
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    printf("thread %lu\n", (unsigned long)code);
    return 0;
}
