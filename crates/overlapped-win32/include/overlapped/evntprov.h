/* Providers of events. Nobody collects them here: each is registered and is never enabled. */
#ifndef OVL_EVNTPROV_H
#define OVL_EVNTPROV_H
#include "windows.h"

typedef ULONGLONG REGHANDLE, *PREGHANDLE;
typedef struct _EVENT_DESCRIPTOR {
    USHORT Id;
    UCHAR Version;
    UCHAR Channel;
    UCHAR Level;
    UCHAR Opcode;
    USHORT Task;
    ULONGLONG Keyword;
} EVENT_DESCRIPTOR, *PEVENT_DESCRIPTOR;
typedef const EVENT_DESCRIPTOR *PCEVENT_DESCRIPTOR;
OVL_SIZE(EVENT_DESCRIPTOR, 16);
typedef struct _EVENT_DATA_DESCRIPTOR {
    ULONGLONG Ptr;
    ULONG Size;
    ULONG Reserved;
} EVENT_DATA_DESCRIPTOR, *PEVENT_DATA_DESCRIPTOR;
OVL_SIZE(EVENT_DATA_DESCRIPTOR, 16);
typedef struct _EVENT_FILTER_DESCRIPTOR {
    ULONGLONG Ptr;
    ULONG Size;
    ULONG Type;
} EVENT_FILTER_DESCRIPTOR, *PEVENT_FILTER_DESCRIPTOR;
typedef enum _EVENT_INFO_CLASS {
    EventProviderBinaryTrackInfo,
    EventProviderSetReserved1,
    EventProviderSetTraits,
    EventProviderUseDescriptorType,
    MaxEventInfo
} EVENT_INFO_CLASS;
#define EVENT_ACTIVITY_CTRL_GET_ID 1
#define EVENT_ACTIVITY_CTRL_SET_ID 2
#define EVENT_ACTIVITY_CTRL_CREATE_ID 3
#define EVENT_ACTIVITY_CTRL_GET_SET_ID 4
#define EVENT_ACTIVITY_CTRL_CREATE_SET_ID 5
#define EVENT_WRITE_FLAG_NO_FAULTING 0x00000001
#define EVENT_WRITE_FLAG_INPRIVATE 0x00000002
#define EVENT_CONTROL_CODE_DISABLE_PROVIDER 0
#define EVENT_CONTROL_CODE_ENABLE_PROVIDER 1
#define EVENT_CONTROL_CODE_CAPTURE_STATE 2
typedef VOID(NTAPI *PENABLECALLBACK)(LPCGUID source, ULONG enabled, UCHAR level, ULONGLONG any, ULONGLONG all,
                                     PEVENT_FILTER_DESCRIPTOR filter, PVOID context);

OVL_BEGIN
ULONG WINAPI EventRegister(LPCGUID provider, PENABLECALLBACK callback, PVOID context, PREGHANDLE handle) OVL_SYMBOL(EventRegister);
ULONG WINAPI EventUnregister(REGHANDLE handle) OVL_SYMBOL(EventUnregister);
BOOLEAN WINAPI EventEnabled(REGHANDLE handle, PCEVENT_DESCRIPTOR event) OVL_SYMBOL(EventEnabled);
BOOLEAN WINAPI EventProviderEnabled(REGHANDLE handle, UCHAR level, ULONGLONG keyword) OVL_SYMBOL(EventProviderEnabled);
ULONG WINAPI EventWrite(REGHANDLE handle, PCEVENT_DESCRIPTOR event, ULONG count, PEVENT_DATA_DESCRIPTOR data)
    OVL_SYMBOL(EventWrite);
ULONG WINAPI EventWriteTransfer(REGHANDLE handle, PCEVENT_DESCRIPTOR event, LPCGUID activity, LPCGUID related, ULONG count,
                                PEVENT_DATA_DESCRIPTOR data) OVL_SYMBOL(EventWriteTransfer);
ULONG WINAPI EventWriteString(REGHANDLE handle, UCHAR level, ULONGLONG keyword, PCWSTR text) OVL_SYMBOL(EventWriteString);
ULONG WINAPI EventWriteEx(REGHANDLE handle, PCEVENT_DESCRIPTOR event, ULONG64 filter, ULONG flags, LPCGUID activity, LPCGUID related,
                          ULONG count, PEVENT_DATA_DESCRIPTOR data) OVL_SYMBOL(EventWriteEx);
ULONG WINAPI EventSetInformation(REGHANDLE handle, EVENT_INFO_CLASS what, PVOID information, ULONG bytes) OVL_SYMBOL(EventSetInformation);
ULONG WINAPI EventActivityIdControl(ULONG code, LPGUID id) OVL_SYMBOL(EventActivityIdControl);
OVL_END

static __inline__ VOID EventDataDescCreate(PEVENT_DATA_DESCRIPTOR to, const VOID *data, ULONG bytes) {
    to->Ptr = (ULONGLONG)(ULONG_PTR)data;
    to->Size = bytes;
    to->Reserved = 0;
}

#endif
