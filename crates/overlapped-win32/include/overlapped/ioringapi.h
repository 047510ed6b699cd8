/* I/O rings: entries that are submitted together and complete one by one. */
#ifndef OVL_IORINGAPI_H
#define OVL_IORINGAPI_H
#include "fileapi.h"
#include "ntioring_x.h"

#define IORING_E_REQUIRED_FLAG_NOT_SUPPORTED ((HRESULT)0x80460001)
#define IORING_E_SUBMISSION_QUEUE_FULL ((HRESULT)0x80460002)
#define IORING_E_VERSION_NOT_SUPPORTED ((HRESULT)0x80460003)
#define IORING_E_SUBMISSION_QUEUE_TOO_BIG ((HRESULT)0x80460004)
#define IORING_E_COMPLETION_QUEUE_TOO_BIG ((HRESULT)0x80460005)
#define IORING_E_SUBMIT_IN_PROGRESS ((HRESULT)0x80460006)
#define IORING_E_CORRUPT ((HRESULT)0x80460007)
#define IORING_E_COMPLETION_QUEUE_TOO_FULL ((HRESULT)0x80460008)

DECLARE_HANDLE(HIORING);

typedef enum IORING_SQE_FLAGS { IOSQE_FLAGS_NONE = 0, IOSQE_FLAGS_DRAIN_PRECEDING_OPS = 0x1 } IORING_SQE_FLAGS;
typedef enum IORING_CREATE_REQUIRED_FLAGS { IORING_CREATE_REQUIRED_FLAGS_NONE = 0 } IORING_CREATE_REQUIRED_FLAGS;
typedef enum IORING_CREATE_ADVISORY_FLAGS {
    IORING_CREATE_ADVISORY_FLAGS_NONE = 0,
    IORING_CREATE_SKIP_BUILDER_PARAM_CHECKS = 0x1
} IORING_CREATE_ADVISORY_FLAGS;
typedef enum IORING_REF_KIND { IORING_REF_RAW, IORING_REF_REGISTERED } IORING_REF_KIND;
typedef enum FILE_WRITE_FLAGS { FILE_WRITE_FLAGS_NONE = 0, FILE_WRITE_FLAGS_WRITE_THROUGH = 0x1 } FILE_WRITE_FLAGS;
typedef enum FILE_FLUSH_MODE {
    FILE_FLUSH_DEFAULT,
    FILE_FLUSH_DATA,
    FILE_FLUSH_MIN_METADATA,
    FILE_FLUSH_NO_SYNC
} FILE_FLUSH_MODE;

typedef struct IORING_CREATE_FLAGS {
    IORING_CREATE_REQUIRED_FLAGS Required;
    IORING_CREATE_ADVISORY_FLAGS Advisory;
} IORING_CREATE_FLAGS;

typedef struct IORING_INFO {
    IORING_VERSION IoRingVersion;
    IORING_CREATE_FLAGS Flags;
    UINT32 SubmissionQueueSize;
    UINT32 CompletionQueueSize;
} IORING_INFO;
OVL_SIZE(IORING_INFO, 20);

typedef struct IORING_CAPABILITIES {
    IORING_VERSION MaxVersion;
    UINT32 MaxSubmissionQueueSize;
    UINT32 MaxCompletionQueueSize;
    IORING_FEATURE_FLAGS FeatureFlags;
} IORING_CAPABILITIES;

typedef struct IORING_CQE {
    UINT_PTR UserData;
    HRESULT ResultCode;
    ULONG_PTR Information;
} IORING_CQE;
OVL_SIZE(IORING_CQE, 24);

typedef struct IORING_HANDLE_REF {
#ifdef __cplusplus
    explicit IORING_HANDLE_REF(HANDLE h) : Kind(IORING_REF_RAW), Handle(h) {}
    explicit IORING_HANDLE_REF(UINT32 index) : Kind(IORING_REF_REGISTERED), Handle(index) {}
#endif
    IORING_REF_KIND Kind;
    union HandleUnion {
#ifdef __cplusplus
        HandleUnion(HANDLE h) : Handle(h) {}
        HandleUnion(UINT32 index) : Index(index) {}
#endif
        HANDLE Handle;
        UINT32 Index;
    } Handle;
} IORING_HANDLE_REF;
OVL_SIZE(IORING_HANDLE_REF, 16);

typedef struct IORING_BUFFER_REF {
#ifdef __cplusplus
    explicit IORING_BUFFER_REF(void *address) : Kind(IORING_REF_RAW), Buffer(address) {}
    explicit IORING_BUFFER_REF(IORING_REGISTERED_BUFFER registered) : Kind(IORING_REF_REGISTERED), Buffer(registered) {}
    IORING_BUFFER_REF(UINT32 index, UINT32 offset)
        : Kind(IORING_REF_REGISTERED), Buffer(IORING_REGISTERED_BUFFER{index, offset}) {}
#endif
    IORING_REF_KIND Kind;
    union BufferUnion {
#ifdef __cplusplus
        BufferUnion(void *address) : Address(address) {}
        BufferUnion(IORING_REGISTERED_BUFFER registered) : IndexAndOffset(registered) {}
#endif
        void *Address;
        IORING_REGISTERED_BUFFER IndexAndOffset;
    } Buffer;
} IORING_BUFFER_REF;
OVL_SIZE(IORING_BUFFER_REF, 16);

#ifndef __cplusplus
static __inline__ IORING_HANDLE_REF IoRingHandleRefFromHandle(HANDLE h) {
    IORING_HANDLE_REF r;
    r.Kind = IORING_REF_RAW;
    r.Handle.Handle = h;
    return r;
}
static __inline__ IORING_HANDLE_REF IoRingHandleRefFromIndex(UINT32 index) {
    IORING_HANDLE_REF r;
    r.Kind = IORING_REF_REGISTERED;
    r.Handle.Handle = NULL;
    r.Handle.Index = index;
    return r;
}
static __inline__ IORING_BUFFER_REF IoRingBufferRefFromPointer(void *address) {
    IORING_BUFFER_REF r;
    r.Kind = IORING_REF_RAW;
    r.Buffer.Address = address;
    return r;
}
static __inline__ IORING_BUFFER_REF IoRingBufferRefFromIndexAndOffset(UINT32 index, UINT32 offset) {
    IORING_BUFFER_REF r;
    r.Kind = IORING_REF_REGISTERED;
    r.Buffer.IndexAndOffset.BufferIndex = index;
    r.Buffer.IndexAndOffset.Offset = offset;
    return r;
}
#else
#define IoRingHandleRefFromHandle(handle) IORING_HANDLE_REF(static_cast<HANDLE>(handle))
#define IoRingHandleRefFromIndex(index) IORING_HANDLE_REF(static_cast<UINT32>(index))
#define IoRingBufferRefFromPointer(address) IORING_BUFFER_REF(static_cast<void *>(address))
#define IoRingBufferRefFromIndexAndOffset(index, offset) IORING_BUFFER_REF((index), (offset))
#endif

OVL_BEGIN
WINBASEAPI HRESULT WINAPI QueryIoRingCapabilities(IORING_CAPABILITIES *to) OVL_SYMBOL(QueryIoRingCapabilities);
WINBASEAPI BOOL WINAPI IsIoRingOpSupported(HIORING ring, IORING_OP_CODE operation) OVL_SYMBOL(IsIoRingOpSupported);
WINBASEAPI HRESULT WINAPI CreateIoRing(IORING_VERSION version, IORING_CREATE_FLAGS flags, UINT32 submissions, UINT32 completions,
                                       HIORING *to) OVL_SYMBOL(CreateIoRing);
WINBASEAPI HRESULT WINAPI GetIoRingInfo(HIORING ring, IORING_INFO *to) OVL_SYMBOL(GetIoRingInfo);
WINBASEAPI HRESULT WINAPI SubmitIoRing(HIORING ring, UINT32 waitFor, UINT32 milliseconds, UINT32 *submitted)
    OVL_SYMBOL(SubmitIoRing);
WINBASEAPI HRESULT WINAPI CloseIoRing(HIORING ring) OVL_SYMBOL(CloseIoRing);
WINBASEAPI HRESULT WINAPI PopIoRingCompletion(HIORING ring, IORING_CQE *to) OVL_SYMBOL(PopIoRingCompletion);
WINBASEAPI HRESULT WINAPI SetIoRingCompletionEvent(HIORING ring, HANDLE event) OVL_SYMBOL(SetIoRingCompletionEvent);
WINBASEAPI HRESULT WINAPI BuildIoRingCancelRequest(HIORING ring, IORING_HANDLE_REF file, UINT_PTR target, UINT_PTR userData)
    OVL_SYMBOL(BuildIoRingCancelRequest);
WINBASEAPI HRESULT WINAPI BuildIoRingReadFile(HIORING ring, IORING_HANDLE_REF file, IORING_BUFFER_REF to, UINT32 bytes,
                                              UINT64 offset, UINT_PTR userData, IORING_SQE_FLAGS flags)
    OVL_SYMBOL(BuildIoRingReadFile);
WINBASEAPI HRESULT WINAPI BuildIoRingRegisterFileHandles(HIORING ring, UINT32 count, HANDLE const handles[], UINT_PTR userData)
    OVL_SYMBOL(BuildIoRingRegisterFileHandles);
WINBASEAPI HRESULT WINAPI BuildIoRingRegisterBuffers(HIORING ring, UINT32 count, IORING_BUFFER_INFO const buffers[],
                                                     UINT_PTR userData) OVL_SYMBOL(BuildIoRingRegisterBuffers);
WINBASEAPI HRESULT WINAPI BuildIoRingWriteFile(HIORING ring, IORING_HANDLE_REF file, IORING_BUFFER_REF from, UINT32 bytes,
                                               UINT64 offset, FILE_WRITE_FLAGS how, UINT_PTR userData, IORING_SQE_FLAGS flags)
    OVL_SYMBOL(BuildIoRingWriteFile);
WINBASEAPI HRESULT WINAPI BuildIoRingFlushFile(HIORING ring, IORING_HANDLE_REF file, FILE_FLUSH_MODE mode, UINT_PTR userData,
                                               IORING_SQE_FLAGS flags) OVL_SYMBOL(BuildIoRingFlushFile);
WINBASEAPI HRESULT WINAPI BuildIoRingReadFileScatter(HIORING ring, IORING_HANDLE_REF file, UINT32 count,
                                                     FILE_SEGMENT_ELEMENT segments[], UINT32 bytes, UINT64 offset,
                                                     UINT_PTR userData, IORING_SQE_FLAGS flags)
    OVL_SYMBOL(BuildIoRingReadFileScatter);
WINBASEAPI HRESULT WINAPI BuildIoRingWriteFileGather(HIORING ring, IORING_HANDLE_REF file, UINT32 count,
                                                     FILE_SEGMENT_ELEMENT segments[], UINT32 bytes, UINT64 offset,
                                                     FILE_WRITE_FLAGS how, UINT_PTR userData, IORING_SQE_FLAGS flags)
    OVL_SYMBOL(BuildIoRingWriteFileGather);
OVL_END

#endif
