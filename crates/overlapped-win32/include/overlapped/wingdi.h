/* Of graphics: colours as numbers. */
#ifndef OVL_WINGDI_H
#define OVL_WINGDI_H
#include "windef.h"

typedef COLORREF *LPCOLORREF;
#ifndef RGB
#define RGB(red, green, blue) ((COLORREF)((BYTE)(red) | (WORD)((BYTE)(green)) << 8 | (DWORD)(BYTE)(blue) << 16))
#define GetRValue(colour) ((BYTE)(colour))
#define GetGValue(colour) ((BYTE)((colour) >> 8))
#define GetBValue(colour) ((BYTE)((colour) >> 16))
#endif

/* What a console's font is like (CONSOLE_FONT_INFOEX). */
#define TMPF_FIXED_PITCH 0x1
#define TMPF_VECTOR 0x2
#define TMPF_TRUETYPE 0x4
#define TMPF_DEVICE 0x8
#define DEFAULT_PITCH 0
#define FIXED_PITCH 1
#define VARIABLE_PITCH 2
#define FF_DONTCARE 0x0
#define FF_ROMAN 0x10
#define FF_SWISS 0x20
#define FF_MODERN 0x30
#define FF_SCRIPT 0x40
#define FF_DECORATIVE 0x50
#define FW_DONTCARE 0
#define FW_THIN 100
#define FW_LIGHT 300
#define FW_NORMAL 400
#define FW_MEDIUM 500
#define FW_BOLD 700
#define FW_HEAVY 900
#define LF_FACESIZE 32

#endif
