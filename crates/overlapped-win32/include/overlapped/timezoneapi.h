/* Conversions of times. */
#ifndef OVL_TIMEZONEAPI_H
#define OVL_TIMEZONEAPI_H
#include "minwinbase.h"

#define TIME_ZONE_ID_INVALID ((DWORD)0xFFFFFFFF)
#define TIME_ZONE_ID_UNKNOWN 0
#define TIME_ZONE_ID_STANDARD 1
#define TIME_ZONE_ID_DAYLIGHT 2

typedef struct _TIME_ZONE_INFORMATION {
    LONG Bias;
    WCHAR StandardName[32];
    SYSTEMTIME StandardDate;
    LONG StandardBias;
    WCHAR DaylightName[32];
    SYSTEMTIME DaylightDate;
    LONG DaylightBias;
} TIME_ZONE_INFORMATION, *PTIME_ZONE_INFORMATION, *LPTIME_ZONE_INFORMATION;
OVL_SIZE(TIME_ZONE_INFORMATION, 172);

typedef struct _TIME_DYNAMIC_ZONE_INFORMATION {
    LONG Bias;
    WCHAR StandardName[32];
    SYSTEMTIME StandardDate;
    LONG StandardBias;
    WCHAR DaylightName[32];
    SYSTEMTIME DaylightDate;
    LONG DaylightBias;
    WCHAR TimeZoneKeyName[128];
    BOOLEAN DynamicDaylightTimeDisabled;
} DYNAMIC_TIME_ZONE_INFORMATION, *PDYNAMIC_TIME_ZONE_INFORMATION;
OVL_SIZE(DYNAMIC_TIME_ZONE_INFORMATION, 432);
OVL_BEGIN
WINBASEAPI BOOL WINAPI FileTimeToDosDateTime(const FILETIME *from, LPWORD date, LPWORD time) OVL_SYMBOL(FileTimeToDosDateTime);
WINBASEAPI BOOL WINAPI DosDateTimeToFileTime(WORD date, WORD time, LPFILETIME to) OVL_SYMBOL(DosDateTimeToFileTime);
WINBASEAPI BOOL WINAPI FileTimeToSystemTime(const FILETIME *from, LPSYSTEMTIME to) OVL_SYMBOL(FileTimeToSystemTime);
WINBASEAPI BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *from, LPFILETIME to) OVL_SYMBOL(SystemTimeToFileTime);
WINBASEAPI DWORD WINAPI GetTimeZoneInformation(LPTIME_ZONE_INFORMATION to) OVL_SYMBOL(GetTimeZoneInformation);
WINBASEAPI BOOL WINAPI SystemTimeToTzSpecificLocalTime(const TIME_ZONE_INFORMATION *zone, const SYSTEMTIME *utc,
                                                       LPSYSTEMTIME local) OVL_SYMBOL(SystemTimeToTzSpecificLocalTime);
WINBASEAPI BOOL WINAPI TzSpecificLocalTimeToSystemTime(const TIME_ZONE_INFORMATION *zone, const SYSTEMTIME *local,
                                                       LPSYSTEMTIME utc) OVL_SYMBOL(TzSpecificLocalTimeToSystemTime);
WINBASEAPI BOOL WINAPI SetTimeZoneInformation(const TIME_ZONE_INFORMATION *zone) OVL_SYMBOL(SetTimeZoneInformation);
WINBASEAPI BOOL WINAPI SetDynamicTimeZoneInformation(const DYNAMIC_TIME_ZONE_INFORMATION *zone)
    OVL_SYMBOL(SetDynamicTimeZoneInformation);
WINBASEAPI DWORD WINAPI GetDynamicTimeZoneInformation(PDYNAMIC_TIME_ZONE_INFORMATION to) OVL_SYMBOL(GetDynamicTimeZoneInformation);
WINBASEAPI BOOL WINAPI GetTimeZoneInformationForYear(USHORT year, PDYNAMIC_TIME_ZONE_INFORMATION zone, LPTIME_ZONE_INFORMATION to)
    OVL_SYMBOL(GetTimeZoneInformationForYear);
WINADVAPI DWORD WINAPI EnumDynamicTimeZoneInformation(const DWORD index, PDYNAMIC_TIME_ZONE_INFORMATION to)
    OVL_SYMBOL(EnumDynamicTimeZoneInformation);
WINADVAPI DWORD WINAPI GetDynamicTimeZoneInformationEffectiveYears(const PDYNAMIC_TIME_ZONE_INFORMATION zone, LPDWORD first,
                                                                   LPDWORD last)
    OVL_SYMBOL(GetDynamicTimeZoneInformationEffectiveYears);
WINBASEAPI BOOL WINAPI SystemTimeToTzSpecificLocalTimeEx(const DYNAMIC_TIME_ZONE_INFORMATION *zone, const SYSTEMTIME *utc,
                                                         LPSYSTEMTIME local) OVL_SYMBOL(SystemTimeToTzSpecificLocalTimeEx);
WINBASEAPI BOOL WINAPI TzSpecificLocalTimeToSystemTimeEx(const DYNAMIC_TIME_ZONE_INFORMATION *zone, const SYSTEMTIME *local,
                                                         LPSYSTEMTIME utc) OVL_SYMBOL(TzSpecificLocalTimeToSystemTimeEx);
WINBASEAPI BOOL WINAPI LocalFileTimeToLocalSystemTime(const TIME_ZONE_INFORMATION *zone, const FILETIME *file, SYSTEMTIME *system)
    OVL_SYMBOL(LocalFileTimeToLocalSystemTime);
WINBASEAPI BOOL WINAPI LocalSystemTimeToLocalFileTime(const TIME_ZONE_INFORMATION *zone, const SYSTEMTIME *system, FILETIME *file)
    OVL_SYMBOL(LocalSystemTimeToLocalFileTime);
OVL_END

#endif
