/* Error reports. Nobody here writes any: what a program asks for is kept. */
#ifndef OVL_WERAPI_H
#define OVL_WERAPI_H
#include "windows.h"

#define WER_FAULT_REPORTING_FLAG_NOHEAP 0x1
#define WER_FAULT_REPORTING_FLAG_QUEUE 0x2
#define WER_FAULT_REPORTING_FLAG_DISABLE_THREAD_SUSPENSION 0x4
#define WER_FAULT_REPORTING_FLAG_QUEUE_UPLOAD 0x8
#define WER_FAULT_REPORTING_ALWAYS_SHOW_UI 0x10
#define WER_FAULT_REPORTING_NO_UI 0x20
#define WER_FILE_DELETE_WHEN_DONE 0x1
#define WER_FILE_ANONYMOUS_DATA 0x2
#define WER_MAX_REGISTERED_ENTRIES 512
typedef enum _WER_REGISTER_FILE_TYPE {
    WerRegFileTypeUserDocument = 1,
    WerRegFileTypeOther = 2,
    WerRegFileTypeMax
} WER_REGISTER_FILE_TYPE;

OVL_BEGIN
HRESULT WINAPI WerRegisterFile(PCWSTR file, WER_REGISTER_FILE_TYPE type, DWORD flags) OVL_SYMBOL(WerRegisterFile);
HRESULT WINAPI WerUnregisterFile(PCWSTR file) OVL_SYMBOL(WerUnregisterFile);
HRESULT WINAPI WerRegisterMemoryBlock(PVOID address, DWORD bytes) OVL_SYMBOL(WerRegisterMemoryBlock);
HRESULT WINAPI WerUnregisterMemoryBlock(PVOID address) OVL_SYMBOL(WerUnregisterMemoryBlock);
HRESULT WINAPI WerRegisterExcludedMemoryBlock(const void *address, DWORD bytes) OVL_SYMBOL(WerRegisterExcludedMemoryBlock);
HRESULT WINAPI WerUnregisterExcludedMemoryBlock(const void *address) OVL_SYMBOL(WerUnregisterExcludedMemoryBlock);
HRESULT WINAPI WerRegisterAdditionalProcess(DWORD process, DWORD thread) OVL_SYMBOL(WerRegisterAdditionalProcess);
HRESULT WINAPI WerUnregisterAdditionalProcess(DWORD process) OVL_SYMBOL(WerUnregisterAdditionalProcess);
HRESULT WINAPI WerRegisterRuntimeExceptionModule(PCWSTR file, PVOID context) OVL_SYMBOL(WerRegisterRuntimeExceptionModule);
HRESULT WINAPI WerUnregisterRuntimeExceptionModule(PCWSTR file, PVOID context) OVL_SYMBOL(WerUnregisterRuntimeExceptionModule);
HRESULT WINAPI WerRegisterCustomMetadata(PCWSTR key, PCWSTR value) OVL_SYMBOL(WerRegisterCustomMetadata);
HRESULT WINAPI WerUnregisterCustomMetadata(PCWSTR key) OVL_SYMBOL(WerUnregisterCustomMetadata);
HRESULT WINAPI WerRegisterAppLocalDump(PCWSTR directory) OVL_SYMBOL(WerRegisterAppLocalDump);
HRESULT WINAPI WerUnregisterAppLocalDump(VOID) OVL_SYMBOL(WerUnregisterAppLocalDump);
HRESULT WINAPI WerSetFlags(DWORD flags) OVL_SYMBOL(WerSetFlags);
HRESULT WINAPI WerGetFlags(HANDLE process, PDWORD flags) OVL_SYMBOL(WerGetFlags);
OVL_END

#endif
