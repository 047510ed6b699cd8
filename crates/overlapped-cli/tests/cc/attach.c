/* Loads and unloads the library, with threads in between. */
#include <windows.h>
#include <process.h>
#include <stdio.h>
#ifndef LINKED
#define LINKED 0
#endif
static void NTAPI on_tls(PVOID module, DWORD reason, PVOID reserved) {
    printf("callback %lu %d %d\n", reason, module == (PVOID)GetModuleHandle(NULL), reserved != NULL);
    fflush(stdout);
}
#ifdef DECLSPEC
__declspec(allocate(".CRT$XLC")) PIMAGE_TLS_CALLBACK callback = on_tls;
#else
PIMAGE_TLS_CALLBACK callback __attribute__((section(".CRT$XLC"), used)) = on_tls;
#endif
static unsigned WINAPI other(void *unused) { (void)unused; printf("thread\n"), fflush(stdout); return 0; }
static void run(void) {
    HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, other, NULL, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}
#if LINKED
#ifdef __cplusplus
extern "C"
#endif
int Value(void);
int main(void) { run(); printf("%d\n", Value()); return 0; }
#else
int main(void) {
    HMODULE module, again;
    printf("main\n"), fflush(stdout);
    module = LoadLibraryA("attached.dll");
    if (!module) { printf("refused %lu\n", GetLastError()); return 1; }
    again = LoadLibraryA("attached.dll");
    printf("%d %d %d\n", again == module, ((int (*)(void))(void *)GetProcAddress(module, "Value"))(), ((HMODULE (*)(void))(void *)GetProcAddress(module, "Own"))() == module);
    fflush(stdout);
    run();
    DisableThreadLibraryCalls(module);
    printf("%d\n", FreeLibrary(again)), fflush(stdout);
    printf("%d\n", FreeLibrary(module)), fflush(stdout);
    run();
    module = LoadLibraryA("attached.dll");
    return module == NULL;
}
#endif
