/* Names of files as text, and text. Of the shell itself there is nothing. */
#ifndef OVL_SHLWAPI_H
#define OVL_SHLWAPI_H
#include "minwindef.h"

#define STIF_DEFAULT 0
#define STIF_SUPPORT_HEX 1

OVL_BEGIN
WINBASEAPI BOOL WINAPI PathFileExistsA(LPCSTR name) OVL_SYMBOL(PathFileExistsA);
WINBASEAPI BOOL WINAPI PathFileExistsW(LPCWSTR name) OVL_SYMBOL(PathFileExistsW);
WINBASEAPI BOOL WINAPI PathIsDirectoryA(LPCSTR name) OVL_SYMBOL(PathIsDirectoryA);
WINBASEAPI BOOL WINAPI PathIsDirectoryW(LPCWSTR name) OVL_SYMBOL(PathIsDirectoryW);
WINBASEAPI BOOL WINAPI PathIsRelativeA(LPCSTR name) OVL_SYMBOL(PathIsRelativeA);
WINBASEAPI BOOL WINAPI PathIsRelativeW(LPCWSTR name) OVL_SYMBOL(PathIsRelativeW);
WINBASEAPI BOOL WINAPI PathIsRootA(LPCSTR name) OVL_SYMBOL(PathIsRootA);
WINBASEAPI BOOL WINAPI PathIsRootW(LPCWSTR name) OVL_SYMBOL(PathIsRootW);
WINBASEAPI BOOL WINAPI PathIsUNCA(LPCSTR name) OVL_SYMBOL(PathIsUNCA);
WINBASEAPI BOOL WINAPI PathIsUNCW(LPCWSTR name) OVL_SYMBOL(PathIsUNCW);
WINBASEAPI int WINAPI PathGetDriveNumberA(LPCSTR name) OVL_SYMBOL(PathGetDriveNumberA);
WINBASEAPI int WINAPI PathGetDriveNumberW(LPCWSTR name) OVL_SYMBOL(PathGetDriveNumberW);
WINBASEAPI LPSTR WINAPI PathFindFileNameA(LPCSTR name) OVL_SYMBOL(PathFindFileNameA);
WINBASEAPI LPWSTR WINAPI PathFindFileNameW(LPCWSTR name) OVL_SYMBOL(PathFindFileNameW);
WINBASEAPI LPSTR WINAPI PathFindExtensionA(LPCSTR name) OVL_SYMBOL(PathFindExtensionA);
WINBASEAPI LPWSTR WINAPI PathFindExtensionW(LPCWSTR name) OVL_SYMBOL(PathFindExtensionW);
WINBASEAPI BOOL WINAPI PathRemoveFileSpecA(LPSTR name) OVL_SYMBOL(PathRemoveFileSpecA);
WINBASEAPI BOOL WINAPI PathRemoveFileSpecW(LPWSTR name) OVL_SYMBOL(PathRemoveFileSpecW);
WINBASEAPI void WINAPI PathRemoveExtensionA(LPSTR name) OVL_SYMBOL(PathRemoveExtensionA);
WINBASEAPI void WINAPI PathRemoveExtensionW(LPWSTR name) OVL_SYMBOL(PathRemoveExtensionW);
WINBASEAPI void WINAPI PathStripPathA(LPSTR name) OVL_SYMBOL(PathStripPathA);
WINBASEAPI void WINAPI PathStripPathW(LPWSTR name) OVL_SYMBOL(PathStripPathW);
WINBASEAPI BOOL WINAPI PathAddExtensionA(LPSTR name, LPCSTR extension) OVL_SYMBOL(PathAddExtensionA);
WINBASEAPI BOOL WINAPI PathAddExtensionW(LPWSTR name, LPCWSTR extension) OVL_SYMBOL(PathAddExtensionW);
WINBASEAPI BOOL WINAPI PathRenameExtensionA(LPSTR name, LPCSTR extension) OVL_SYMBOL(PathRenameExtensionA);
WINBASEAPI BOOL WINAPI PathRenameExtensionW(LPWSTR name, LPCWSTR extension) OVL_SYMBOL(PathRenameExtensionW);
WINBASEAPI LPSTR WINAPI PathAddBackslashA(LPSTR name) OVL_SYMBOL(PathAddBackslashA);
WINBASEAPI LPWSTR WINAPI PathAddBackslashW(LPWSTR name) OVL_SYMBOL(PathAddBackslashW);
WINBASEAPI LPSTR WINAPI PathRemoveBackslashA(LPSTR name) OVL_SYMBOL(PathRemoveBackslashA);
WINBASEAPI LPWSTR WINAPI PathRemoveBackslashW(LPWSTR name) OVL_SYMBOL(PathRemoveBackslashW);
WINBASEAPI LPSTR WINAPI PathCombineA(LPSTR to, LPCSTR directory, LPCSTR file) OVL_SYMBOL(PathCombineA);
WINBASEAPI LPWSTR WINAPI PathCombineW(LPWSTR to, LPCWSTR directory, LPCWSTR file) OVL_SYMBOL(PathCombineW);
WINBASEAPI BOOL WINAPI PathAppendA(LPSTR name, LPCSTR more) OVL_SYMBOL(PathAppendA);
WINBASEAPI BOOL WINAPI PathAppendW(LPWSTR name, LPCWSTR more) OVL_SYMBOL(PathAppendW);
WINBASEAPI BOOL WINAPI PathCanonicalizeA(LPSTR to, LPCSTR name) OVL_SYMBOL(PathCanonicalizeA);
WINBASEAPI BOOL WINAPI PathCanonicalizeW(LPWSTR to, LPCWSTR name) OVL_SYMBOL(PathCanonicalizeW);
WINBASEAPI BOOL WINAPI PathQuoteSpacesA(LPSTR name) OVL_SYMBOL(PathQuoteSpacesA);
WINBASEAPI BOOL WINAPI PathQuoteSpacesW(LPWSTR name) OVL_SYMBOL(PathQuoteSpacesW);
WINBASEAPI BOOL WINAPI PathUnquoteSpacesA(LPSTR name) OVL_SYMBOL(PathUnquoteSpacesA);
WINBASEAPI BOOL WINAPI PathUnquoteSpacesW(LPWSTR name) OVL_SYMBOL(PathUnquoteSpacesW);
WINBASEAPI BOOL WINAPI PathMatchSpecA(LPCSTR name, LPCSTR patterns) OVL_SYMBOL(PathMatchSpecA);
WINBASEAPI BOOL WINAPI PathMatchSpecW(LPCWSTR name, LPCWSTR patterns) OVL_SYMBOL(PathMatchSpecW);
WINBASEAPI BOOL WINAPI PathStripToRootA(LPSTR name) OVL_SYMBOL(PathStripToRootA);
WINBASEAPI BOOL WINAPI PathStripToRootW(LPWSTR name) OVL_SYMBOL(PathStripToRootW);
WINBASEAPI LPSTR WINAPI PathSkipRootA(LPCSTR name) OVL_SYMBOL(PathSkipRootA);
WINBASEAPI LPWSTR WINAPI PathSkipRootW(LPCWSTR name) OVL_SYMBOL(PathSkipRootW);
WINBASEAPI LPSTR WINAPI PathFindNextComponentA(LPCSTR name) OVL_SYMBOL(PathFindNextComponentA);
WINBASEAPI LPWSTR WINAPI PathFindNextComponentW(LPCWSTR name) OVL_SYMBOL(PathFindNextComponentW);
WINBASEAPI LPSTR WINAPI PathGetArgsA(LPCSTR name) OVL_SYMBOL(PathGetArgsA);
WINBASEAPI LPWSTR WINAPI PathGetArgsW(LPCWSTR name) OVL_SYMBOL(PathGetArgsW);
WINBASEAPI void WINAPI PathRemoveArgsA(LPSTR name) OVL_SYMBOL(PathRemoveArgsA);
WINBASEAPI void WINAPI PathRemoveArgsW(LPWSTR name) OVL_SYMBOL(PathRemoveArgsW);
WINBASEAPI void WINAPI PathRemoveBlanksA(LPSTR name) OVL_SYMBOL(PathRemoveBlanksA);
WINBASEAPI void WINAPI PathRemoveBlanksW(LPWSTR name) OVL_SYMBOL(PathRemoveBlanksW);
WINBASEAPI BOOL WINAPI PathIsFileSpecA(LPCSTR name) OVL_SYMBOL(PathIsFileSpecA);
WINBASEAPI BOOL WINAPI PathIsFileSpecW(LPCWSTR name) OVL_SYMBOL(PathIsFileSpecW);
WINBASEAPI BOOL WINAPI PathIsUNCServerA(LPCSTR name) OVL_SYMBOL(PathIsUNCServerA);
WINBASEAPI BOOL WINAPI PathIsUNCServerW(LPCWSTR name) OVL_SYMBOL(PathIsUNCServerW);
WINBASEAPI BOOL WINAPI PathIsUNCServerShareA(LPCSTR name) OVL_SYMBOL(PathIsUNCServerShareA);
WINBASEAPI BOOL WINAPI PathIsUNCServerShareW(LPCWSTR name) OVL_SYMBOL(PathIsUNCServerShareW);
WINBASEAPI BOOL WINAPI PathIsURLA(LPCSTR name) OVL_SYMBOL(PathIsURLA);
WINBASEAPI BOOL WINAPI PathIsURLW(LPCWSTR name) OVL_SYMBOL(PathIsURLW);
WINBASEAPI BOOL WINAPI PathIsPrefixA(LPCSTR prefix, LPCSTR name) OVL_SYMBOL(PathIsPrefixA);
WINBASEAPI BOOL WINAPI PathIsPrefixW(LPCWSTR prefix, LPCWSTR name) OVL_SYMBOL(PathIsPrefixW);
WINBASEAPI BOOL WINAPI PathIsSameRootA(LPCSTR one, LPCSTR other) OVL_SYMBOL(PathIsSameRootA);
WINBASEAPI BOOL WINAPI PathIsSameRootW(LPCWSTR one, LPCWSTR other) OVL_SYMBOL(PathIsSameRootW);
WINBASEAPI int WINAPI PathCommonPrefixA(LPCSTR one, LPCSTR other, LPSTR to) OVL_SYMBOL(PathCommonPrefixA);
WINBASEAPI int WINAPI PathCommonPrefixW(LPCWSTR one, LPCWSTR other, LPWSTR to) OVL_SYMBOL(PathCommonPrefixW);
WINBASEAPI BOOL WINAPI PathRelativePathToA(LPSTR to, LPCSTR from, DWORD about, LPCSTR other, DWORD attributes) OVL_SYMBOL(PathRelativePathToA);
WINBASEAPI BOOL WINAPI PathRelativePathToW(LPWSTR to, LPCWSTR from, DWORD about, LPCWSTR other, DWORD attributes) OVL_SYMBOL(PathRelativePathToW);
WINBASEAPI LPSTR WINAPI StrStrA(LPCSTR text, LPCSTR part) OVL_SYMBOL(StrStrA);
WINBASEAPI LPWSTR WINAPI StrStrW(LPCWSTR text, LPCWSTR part) OVL_SYMBOL(StrStrW);
WINBASEAPI LPSTR WINAPI StrStrIA(LPCSTR text, LPCSTR part) OVL_SYMBOL(StrStrIA);
WINBASEAPI LPWSTR WINAPI StrStrIW(LPCWSTR text, LPCWSTR part) OVL_SYMBOL(StrStrIW);
WINBASEAPI LPSTR WINAPI StrChrA(LPCSTR text, WORD unit) OVL_SYMBOL(StrChrA);
WINBASEAPI LPWSTR WINAPI StrChrW(LPCWSTR text, WORD unit) OVL_SYMBOL(StrChrW);
WINBASEAPI LPSTR WINAPI StrRChrA(LPCSTR text, LPCSTR end, WORD unit) OVL_SYMBOL(StrRChrA);
WINBASEAPI LPWSTR WINAPI StrRChrW(LPCWSTR text, LPCWSTR end, WORD unit) OVL_SYMBOL(StrRChrW);
WINBASEAPI int WINAPI StrCmpNA(LPCSTR first, LPCSTR second, int most) OVL_SYMBOL(StrCmpNA);
WINBASEAPI int WINAPI StrCmpNW(LPCWSTR first, LPCWSTR second, int most) OVL_SYMBOL(StrCmpNW);
WINBASEAPI int WINAPI StrCmpNIA(LPCSTR first, LPCSTR second, int most) OVL_SYMBOL(StrCmpNIA);
WINBASEAPI int WINAPI StrCmpNIW(LPCWSTR first, LPCWSTR second, int most) OVL_SYMBOL(StrCmpNIW);
WINBASEAPI int WINAPI StrToIntA(LPCSTR text) OVL_SYMBOL(StrToIntA);
WINBASEAPI int WINAPI StrToIntW(LPCWSTR text) OVL_SYMBOL(StrToIntW);
WINBASEAPI BOOL WINAPI StrToIntExA(LPCSTR text, DWORD flags, int *to) OVL_SYMBOL(StrToIntExA);
WINBASEAPI BOOL WINAPI StrToIntExW(LPCWSTR text, DWORD flags, int *to) OVL_SYMBOL(StrToIntExW);
WINBASEAPI BOOL WINAPI StrToInt64ExA(LPCSTR text, DWORD flags, LONGLONG *to) OVL_SYMBOL(StrToInt64ExA);
WINBASEAPI BOOL WINAPI StrToInt64ExW(LPCWSTR text, DWORD flags, LONGLONG *to) OVL_SYMBOL(StrToInt64ExW);
WINBASEAPI LPSTR WINAPI StrDupA(LPCSTR text) OVL_SYMBOL(StrDupA);
WINBASEAPI LPWSTR WINAPI StrDupW(LPCWSTR text) OVL_SYMBOL(StrDupW);
WINBASEAPI BOOL WINAPI StrTrimA(LPSTR text, LPCSTR unwanted) OVL_SYMBOL(StrTrimA);
WINBASEAPI BOOL WINAPI StrTrimW(LPWSTR text, LPCWSTR unwanted) OVL_SYMBOL(StrTrimW);
WINBASEAPI int WINAPI StrSpnA(LPCSTR text, LPCSTR among) OVL_SYMBOL(StrSpnA);
WINBASEAPI int WINAPI StrSpnW(LPCWSTR text, LPCWSTR among) OVL_SYMBOL(StrSpnW);
WINBASEAPI int WINAPI StrCSpnA(LPCSTR text, LPCSTR among) OVL_SYMBOL(StrCSpnA);
WINBASEAPI int WINAPI StrCSpnW(LPCWSTR text, LPCWSTR among) OVL_SYMBOL(StrCSpnW);
WINBASEAPI BOOL WINAPI ChrCmpIA(WORD first, WORD second) OVL_SYMBOL(ChrCmpIA);
WINBASEAPI BOOL WINAPI ChrCmpIW(WORD first, WORD second) OVL_SYMBOL(ChrCmpIW);
WINBASEAPI int WINAPI StrCmpW(LPCWSTR first, LPCWSTR second) OVL_SYMBOL(StrCmpW);
WINBASEAPI int WINAPI StrCmpIW(LPCWSTR first, LPCWSTR second) OVL_SYMBOL(StrCmpIW);
WINBASEAPI int WINAPI StrCmpA(LPCSTR first, LPCSTR second) OVL_SYMBOL(lstrcmpA);
WINBASEAPI int WINAPI StrCmpIA(LPCSTR first, LPCSTR second) OVL_SYMBOL(lstrcmpiA);
OVL_END

#define PathFileExists OVL_AW(PathFileExists)
#define PathIsDirectory OVL_AW(PathIsDirectory)
#define PathIsRelative OVL_AW(PathIsRelative)
#define PathIsRoot OVL_AW(PathIsRoot)
#define PathIsUNC OVL_AW(PathIsUNC)
#define PathGetDriveNumber OVL_AW(PathGetDriveNumber)
#define PathFindFileName OVL_AW(PathFindFileName)
#define PathFindExtension OVL_AW(PathFindExtension)
#define PathRemoveFileSpec OVL_AW(PathRemoveFileSpec)
#define PathRemoveExtension OVL_AW(PathRemoveExtension)
#define PathStripPath OVL_AW(PathStripPath)
#define PathAddExtension OVL_AW(PathAddExtension)
#define PathRenameExtension OVL_AW(PathRenameExtension)
#define PathAddBackslash OVL_AW(PathAddBackslash)
#define PathRemoveBackslash OVL_AW(PathRemoveBackslash)
#define PathCombine OVL_AW(PathCombine)
#define PathAppend OVL_AW(PathAppend)
#define PathCanonicalize OVL_AW(PathCanonicalize)
#define PathQuoteSpaces OVL_AW(PathQuoteSpaces)
#define PathUnquoteSpaces OVL_AW(PathUnquoteSpaces)
#define PathMatchSpec OVL_AW(PathMatchSpec)
#define PathStripToRoot OVL_AW(PathStripToRoot)
#define PathSkipRoot OVL_AW(PathSkipRoot)
#define PathFindNextComponent OVL_AW(PathFindNextComponent)
#define PathGetArgs OVL_AW(PathGetArgs)
#define PathRemoveArgs OVL_AW(PathRemoveArgs)
#define PathRemoveBlanks OVL_AW(PathRemoveBlanks)
#define PathIsFileSpec OVL_AW(PathIsFileSpec)
#define PathIsUNCServer OVL_AW(PathIsUNCServer)
#define PathIsUNCServerShare OVL_AW(PathIsUNCServerShare)
#define PathIsURL OVL_AW(PathIsURL)
#define PathIsPrefix OVL_AW(PathIsPrefix)
#define PathIsSameRoot OVL_AW(PathIsSameRoot)
#define PathCommonPrefix OVL_AW(PathCommonPrefix)
#define PathRelativePathTo OVL_AW(PathRelativePathTo)
#define StrStr OVL_AW(StrStr)
#define StrStrI OVL_AW(StrStrI)
#define StrChr OVL_AW(StrChr)
#define StrRChr OVL_AW(StrRChr)
#define StrCmpN OVL_AW(StrCmpN)
#define StrCmpNI OVL_AW(StrCmpNI)
#define StrToInt OVL_AW(StrToInt)
#define StrToIntEx OVL_AW(StrToIntEx)
#define StrToInt64Ex OVL_AW(StrToInt64Ex)
#define StrDup OVL_AW(StrDup)
#define StrTrim OVL_AW(StrTrim)
#define StrSpn OVL_AW(StrSpn)
#define StrCSpn OVL_AW(StrCSpn)
#define ChrCmpI OVL_AW(ChrCmpI)
#define StrCmp OVL_AW(StrCmp)
#define StrCmpI OVL_AW(StrCmpI)
#define StrIntlEqNI(first, second, most) (StrCmpNI(first, second, most) == 0)

#endif
