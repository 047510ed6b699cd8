/* A library that says when it is told of what. */
#include <windows.h>
#include <stdio.h>
static HINSTANCE own;
static int value = 1;
static void NTAPI on_tls(PVOID module, DWORD reason, PVOID reserved) {
    (void)reserved;
    if (reason != DLL_THREAD_ATTACH) printf("library callback %lu %d\n", reason, module != NULL), fflush(stdout);
}
#ifdef __cplusplus
extern "C" {
#endif
PIMAGE_TLS_CALLBACK library_callback __attribute__((section(".CRT$XLB"), used)) = on_tls;
__declspec(dllexport) int Value(void) { return value; }
__declspec(dllexport) HINSTANCE Own(void) { return own; }
#ifdef __cplusplus
}
#endif
BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved) {
    char refuse[10];
    printf("DllMain %lu %d\n", reason, reserved != NULL);
    fflush(stdout);
    if (reason == DLL_PROCESS_ATTACH) own = module, value = 42;
    return reason != DLL_PROCESS_ATTACH || !GetEnvironmentVariableA("REFUSE", refuse, sizeof refuse);
}
