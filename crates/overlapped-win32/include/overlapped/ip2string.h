/* Addresses as text and back, without Winsock. */
#ifndef OVL_IP2STRING_H
#define OVL_IP2STRING_H
#include "windef.h"
#include "winternl.h"
#include "inaddr.h"
#include "in6addr.h"

OVL_BEGIN
PSTR NTAPI RtlIpv4AddressToStringA(const struct in_addr *address, PSTR to) OVL_SYMBOL(RtlIpv4AddressToStringA);
PWSTR NTAPI RtlIpv4AddressToStringW(const struct in_addr *address, PWSTR to) OVL_SYMBOL(RtlIpv4AddressToStringW);
PSTR NTAPI RtlIpv6AddressToStringA(const struct in6_addr *address, PSTR to) OVL_SYMBOL(RtlIpv6AddressToStringA);
PWSTR NTAPI RtlIpv6AddressToStringW(const struct in6_addr *address, PWSTR to) OVL_SYMBOL(RtlIpv6AddressToStringW);
NTSTATUS NTAPI RtlIpv4AddressToStringExA(const struct in_addr *address, USHORT port, PSTR to, PULONG room)
    OVL_SYMBOL(RtlIpv4AddressToStringExA);
NTSTATUS NTAPI RtlIpv4AddressToStringExW(const struct in_addr *address, USHORT port, PWSTR to, PULONG room)
    OVL_SYMBOL(RtlIpv4AddressToStringExW);
NTSTATUS NTAPI RtlIpv6AddressToStringExA(const struct in6_addr *address, ULONG scope, USHORT port, PSTR to, PULONG room)
    OVL_SYMBOL(RtlIpv6AddressToStringExA);
NTSTATUS NTAPI RtlIpv6AddressToStringExW(const struct in6_addr *address, ULONG scope, USHORT port, PWSTR to, PULONG room)
    OVL_SYMBOL(RtlIpv6AddressToStringExW);
NTSTATUS NTAPI RtlIpv4StringToAddressA(PCSTR text, BOOLEAN strict, PCSTR *end, struct in_addr *to)
    OVL_SYMBOL(RtlIpv4StringToAddressA);
NTSTATUS NTAPI RtlIpv4StringToAddressW(PCWSTR text, BOOLEAN strict, LPCWSTR *end, struct in_addr *to)
    OVL_SYMBOL(RtlIpv4StringToAddressW);
NTSTATUS NTAPI RtlIpv6StringToAddressA(PCSTR text, PCSTR *end, struct in6_addr *to) OVL_SYMBOL(RtlIpv6StringToAddressA);
NTSTATUS NTAPI RtlIpv6StringToAddressW(PCWSTR text, PCWSTR *end, struct in6_addr *to) OVL_SYMBOL(RtlIpv6StringToAddressW);
NTSTATUS NTAPI RtlIpv4StringToAddressExA(PCSTR text, BOOLEAN strict, struct in_addr *to, PUSHORT port)
    OVL_SYMBOL(RtlIpv4StringToAddressExA);
NTSTATUS NTAPI RtlIpv4StringToAddressExW(PCWSTR text, BOOLEAN strict, struct in_addr *to, PUSHORT port)
    OVL_SYMBOL(RtlIpv4StringToAddressExW);
NTSTATUS NTAPI RtlIpv6StringToAddressExA(PCSTR text, struct in6_addr *to, PULONG scope, PUSHORT port)
    OVL_SYMBOL(RtlIpv6StringToAddressExA);
NTSTATUS NTAPI RtlIpv6StringToAddressExW(PCWSTR text, struct in6_addr *to, PULONG scope, PUSHORT port)
    OVL_SYMBOL(RtlIpv6StringToAddressExW);
#define RtlIpv4AddressToString OVL_AW(RtlIpv4AddressToString)
#define RtlIpv6AddressToString OVL_AW(RtlIpv6AddressToString)
#define RtlIpv4AddressToStringEx OVL_AW(RtlIpv4AddressToStringEx)
#define RtlIpv6AddressToStringEx OVL_AW(RtlIpv6AddressToStringEx)
#define RtlIpv4StringToAddress OVL_AW(RtlIpv4StringToAddress)
#define RtlIpv6StringToAddress OVL_AW(RtlIpv6StringToAddress)
#define RtlIpv4StringToAddressEx OVL_AW(RtlIpv4StringToAddressEx)
#define RtlIpv6StringToAddressEx OVL_AW(RtlIpv6StringToAddressEx)
OVL_END

#endif
