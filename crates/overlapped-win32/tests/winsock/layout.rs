//! Structures and numbers against `windows-sys`, an independent list of them.

use overlapped_win32::winsock::layout as ours;
use std::mem::offset_of;
use windows_sys::Win32::Networking::WinSock as theirs;

macro_rules! layout {
    ($($ours:ty = $theirs:ty { $($field:ident $original:ident)* })+) => {$(
        assert_eq!(size_of::<$ours>(), size_of::<$theirs>(), stringify!($theirs));
        assert_eq!(align_of::<$ours>(), align_of::<$theirs>(), stringify!($theirs));
        $(assert_eq!(
            offset_of!($ours, $field),
            offset_of!($theirs, $original),
            "{}.{}", stringify!($theirs), stringify!($original),
        );)*
    )+};
}

#[test]
fn structures_have_the_layout_of_windows() {
    layout! {
        ours::SockaddrIn = theirs::SOCKADDR_IN { family sin_family  port sin_port  address sin_addr  zero sin_zero }
        ours::SockaddrIn6 = theirs::SOCKADDR_IN6 { family sin6_family  port sin6_port  flow sin6_flowinfo
            address sin6_addr }
        ours::SockaddrUn = theirs::SOCKADDR_UN { family sun_family  path sun_path }
        ours::AddrInfo<u8> = theirs::ADDRINFOA { flags ai_flags  family ai_family  socktype ai_socktype
            protocol ai_protocol  address_len ai_addrlen  canonical ai_canonname  address ai_addr  next ai_next }
        ours::AddrInfo<u16> = theirs::ADDRINFOW { canonical ai_canonname  address ai_addr  next ai_next }
        ours::Hostent = theirs::HOSTENT { name h_name  aliases h_aliases  family h_addrtype  length h_length
            addresses h_addr_list }
        ours::Servent = theirs::SERVENT { name s_name  aliases s_aliases  protocol s_proto  port s_port }
        ours::Protoent = theirs::PROTOENT { name p_name  aliases p_aliases  number p_proto }
        ours::ProtocolChain = theirs::WSAPROTOCOLCHAIN { len ChainLen  entries ChainEntries }
        ours::ProtocolInfo<u8> = theirs::WSAPROTOCOL_INFOA { service_flags1 dwServiceFlags1
            provider_flags dwProviderFlags  provider_id ProviderId  catalog_entry_id dwCatalogEntryId
            chain ProtocolChain  version iVersion  family iAddressFamily  max_address iMaxSockAddr
            min_address iMinSockAddr  socktype iSocketType  protocol iProtocol
            protocol_max_offset iProtocolMaxOffset  byte_order iNetworkByteOrder  security_scheme iSecurityScheme
            message_size dwMessageSize  reserved dwProviderReserved  name szProtocol }
        ours::ProtocolInfo<u16> = theirs::WSAPROTOCOL_INFOW { name szProtocol }
    }
}
