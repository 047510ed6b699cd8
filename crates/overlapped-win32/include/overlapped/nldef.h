/* How addresses and routes came about. */
#ifndef OVL_NLDEF_H
#define OVL_NLDEF_H
#include "minwindef.h"

typedef enum {
    IpPrefixOriginOther,
    IpPrefixOriginManual,
    IpPrefixOriginWellKnown,
    IpPrefixOriginDhcp,
    IpPrefixOriginRouterAdvertisement,
    IpPrefixOriginUnchanged = 16
} NL_PREFIX_ORIGIN;
typedef enum {
    IpSuffixOriginOther,
    IpSuffixOriginManual,
    IpSuffixOriginWellKnown,
    IpSuffixOriginDhcp,
    IpSuffixOriginLinkLayerAddress,
    IpSuffixOriginRandom,
    IpSuffixOriginUnchanged = 16
} NL_SUFFIX_ORIGIN;
typedef enum {
    IpDadStateInvalid,
    IpDadStateTentative,
    IpDadStateDuplicate,
    IpDadStateDeprecated,
    IpDadStatePreferred
} NL_DAD_STATE;
typedef enum {
    RouteProtocolOther = 1,
    RouteProtocolLocal,
    RouteProtocolNetMgmt,
    RouteProtocolIcmp,
    RouteProtocolEgp,
    RouteProtocolGgp,
    RouteProtocolHello,
    RouteProtocolRip,
    RouteProtocolIsIs,
    RouteProtocolEsIs,
    RouteProtocolCisco,
    RouteProtocolBbn,
    RouteProtocolOspf,
    RouteProtocolBgp,
    RouteProtocolIdpr,
    RouteProtocolEigrp,
    RouteProtocolDvmrp,
    RouteProtocolRpl,
    RouteProtocolDhcp
} NL_ROUTE_PROTOCOL, *PNL_ROUTE_PROTOCOL;
typedef enum {
    RouterDiscoveryDisabled,
    RouterDiscoveryEnabled,
    RouterDiscoveryDhcp,
    RouterDiscoveryUnchanged = -1
} NL_ROUTER_DISCOVERY_BEHAVIOR;
typedef enum {
    LinkLocalAlwaysOff,
    LinkLocalDelayed,
    LinkLocalAlwaysOn,
    LinkLocalUnchanged = -1
} NL_LINK_LOCAL_ADDRESS_BEHAVIOR;
typedef struct _NL_INTERFACE_OFFLOAD_ROD {
    BOOLEAN NlChecksumSupported : 1;
    BOOLEAN NlOptionsSupported : 1;
    BOOLEAN TlDatagramChecksumSupported : 1;
    BOOLEAN TlStreamChecksumSupported : 1;
    BOOLEAN TlStreamOptionsSupported : 1;
    BOOLEAN FastPathCompatible : 1;
    BOOLEAN TlLargeSendOffloadSupported : 1;
    BOOLEAN TlGiantSendOffloadSupported : 1;
} NL_INTERFACE_OFFLOAD_ROD, *PNL_INTERFACE_OFFLOAD_ROD;
typedef enum { NlroManual, NlroWellKnown, NlroDHCP, NlroRouterAdvertisement, Nlro6to4 } NL_ROUTE_ORIGIN, *PNL_ROUTE_ORIGIN;

#endif
