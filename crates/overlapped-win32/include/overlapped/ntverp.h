/* The version of the headers, by which libraries tell what they may use: that of Windows 11. */
#ifndef OVL_NTVERP_H
#define OVL_NTVERP_H
#define VER_PRODUCTBUILD 22621
#define VER_PRODUCTBUILD_QFE 1
#define VER_PRODUCTMAJORVERSION 10
#define VER_PRODUCTMINORVERSION 0
#define VER_PRODUCTVERSION 10, 0, VER_PRODUCTBUILD, VER_PRODUCTBUILD_QFE
#define VER_PRODUCTVERSION_STR "10.0.22621.1"
#endif
