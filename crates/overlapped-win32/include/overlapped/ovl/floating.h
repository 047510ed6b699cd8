/* Microsoft's names for functions on floating point, which <float.h> and <math.h> share. */
#ifndef OVL_FLOATING_H
#define OVL_FLOATING_H
#include "base.h"

#define _FPCLASS_SNAN 0x0001
#define _FPCLASS_QNAN 0x0002
#define _FPCLASS_NINF 0x0004
#define _FPCLASS_NN 0x0008
#define _FPCLASS_ND 0x0010
#define _FPCLASS_NZ 0x0020
#define _FPCLASS_PZ 0x0040
#define _FPCLASS_PD 0x0080
#define _FPCLASS_PN 0x0100
#define _FPCLASS_PINF 0x0200

OVL_BEGIN
int _fpclass(double value) OVL_SYMBOL(_fpclass);
OVL_INLINE int _isnan(double value) { return __builtin_isnan(value); }
OVL_INLINE int _isnanf(float value) { return __builtin_isnan(value); }
OVL_INLINE int _finite(double value) { return __builtin_isfinite(value); }
OVL_INLINE int _finitef(float value) { return __builtin_isfinite(value); }
OVL_INLINE double _copysign(double value, double sign) { return __builtin_copysign(value, sign); }
OVL_INLINE float _copysignf(float value, float sign) { return __builtin_copysignf(value, sign); }
OVL_INLINE double _chgsign(double value) { return -value; }
OVL_INLINE float _chgsignf(float value) { return -value; }
double _nextafter(double from, double to) OVL_LIBC(nextafter);
float _nextafterf(float from, float to) OVL_LIBC(nextafterf);
double _logb(double value) OVL_LIBC(logb);
float _logbf(float value) OVL_LIBC(logbf);
double _scalb(double value, long by) OVL_LIBC(scalbln);
float _scalbf(float value, long by) OVL_LIBC(scalblnf);
double _hypot(double x, double y) OVL_LIBC(hypot);
float _hypotf(float x, float y) OVL_LIBC(hypotf);
double _j0(double x) OVL_LIBC(j0);
double _j1(double x) OVL_LIBC(j1);
double _jn(int order, double x) OVL_LIBC(jn);
double _y0(double x) OVL_LIBC(y0);
double _y1(double x) OVL_LIBC(y1);
double _yn(int order, double x) OVL_LIBC(yn);
OVL_END

#endif
