//! UDP.

use crate::buffer::{IoBuf, IoBufMut, bytes, room};
use crate::error::Result;
use crate::net::endpoint::{Endpoint, endpoint_methods, failed};
use crate::net::tcp::{first, std_address};
use crate::operation::{self, Operation};
use overlapped_devices::socket::{Address, Arrival, Issued, NotIssued, Overlap, Receive, Send as Sending, Socket};
use overlapped_kernel::System;
use overlapped_kernel::request::Buffer;
use rustix::net::sockopt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError};

const DATAGRAM: i32 = 2;

/// A UDP socket for overlapped requests.
#[derive(Debug)]
pub struct UdpSocket(pub(crate) Endpoint);

endpoint_methods!(UdpSocket);

/// A buffer, and who has sent what is in it.
#[derive(Debug, Default)]
pub struct Addressed<B> {
    /// The buffer.
    pub buffer: B,
    /// The sender of the datagram in the buffer, after a receive that succeeded.
    pub from: Option<SocketAddr>,
    told: Arc<Mutex<Option<Address>>>,
}

impl<B: Clone> Clone for Addressed<B> {
    /// What each of the two receives from then on is its own.
    fn clone(&self) -> Self {
        Self { buffer: self.buffer.clone(), from: self.from, told: Arc::default() }
    }
}

impl<B> Addressed<B> {
    /// A buffer that nothing was received into yet.
    pub fn new(buffer: B) -> Self {
        Self { buffer, from: None, told: Arc::default() }
    }
}

impl<B: IoBufMut> Addressed<B> {
    pub(crate) fn fill(&mut self, bytes: usize) {
        operation::fill(&mut self.buffer, bytes);
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.from = told.and_then(|address| address.to_std());
    }

    /// A receive of a datagram and its sender.
    ///
    /// # Safety
    /// This value stays where its memory is until the request is complete.
    pub(crate) unsafe fn receive(
        &mut self,
    ) -> impl FnOnce(&Socket, Overlap) -> std::result::Result<Issued, NotIssued> + use<B> {
        let (memory, told) = (room(&mut self.buffer), Arc::clone(&self.told));
        move |socket, how| {
            let deliver = Box::new(move |arrival: &Arrival<'_>| {
                *told.lock().unwrap_or_else(PoisonError::into_inner) = arrival.address.copied();
            });
            let buffers = [memory];
            let what = Receive { wants_address: true, deliver: Some(deliver), ..Receive::into(&buffers) };
            // SAFETY: the caller's promise.
            unsafe { socket.receive_overlapped(what, how) }
        }
    }
}

/// The outcome of a change of an option.
fn told(done: rustix::io::Result<()>) -> Result<()> {
    done.map_err(|error| failed(overlapped_abi::WsaError::from_errno(error.raw_os_error()), "setsockopt"))
}

/// A send to an address.
///
/// # Safety
/// The memory stays valid until the request is complete.
pub(crate) unsafe fn send_to(
    memory: Buffer,
    to: SocketAddr,
) -> impl FnOnce(&Socket, Overlap) -> std::result::Result<Issued, NotIssued> {
    move |socket, how| {
        let (to, buffers) = (Address::from_std(to), [memory]);
        // SAFETY: the caller's promise.
        unsafe { socket.send_overlapped(Sending { to: Some(&to), ..Sending::from(&buffers) }, how) }
    }
}

impl UdpSocket {
    /// Binds.
    ///
    /// # Errors
    /// 10048 if the address is in use, 10049 if it is not of this machine.
    pub fn bind(addresses: impl ToSocketAddrs) -> Result<Self> {
        Self::bind_in(crate::system::default()?, addresses)
    }

    /// The same in this system.
    ///
    /// # Errors
    /// As for [`UdpSocket::bind`].
    pub fn bind_in(system: &System, addresses: impl ToSocketAddrs) -> Result<Self> {
        first(addresses, "bind", |address| {
            let endpoint = Endpoint::create(system, address.family(), DATAGRAM)?;
            endpoint.call("bind", |socket| socket.bind(address))?;
            Ok(Self(endpoint))
        })
    }

    /// Sends to, and receives from, this address only.
    ///
    /// # Errors
    /// 10051 or 10065 if nothing leads there.
    pub fn connect(&self, addresses: impl ToSocketAddrs) -> Result<()> {
        first(addresses, "connect", |address| self.0.call("connect", |socket| socket.connect(address)))
    }

    /// Receives a datagram and its sender. One that is longer than the buffer fails with 234: the buffer is full and the rest lost.
    pub fn receive_from<B: IoBufMut>(&self, buffer: B) -> Operation<Addressed<B>> {
        let mut owner = Box::new(Addressed::new(buffer));
        // SAFETY: the request owns the buffer until it is complete.
        let issue = unsafe { owner.receive() };
        self.0.operate("read", owner, None, Addressed::fill, issue)
    }

    /// Receives a datagram.
    pub fn receive<B: IoBufMut>(&self, buffer: B) -> Operation<B> {
        self.0.receive(buffer, None)
    }

    /// Sends the buffer as one datagram.
    pub fn send_to<B: IoBuf>(&self, buffer: B, to: SocketAddr) -> Operation<B> {
        let owner = Box::new(buffer);
        // SAFETY: the request owns the buffer until it is complete.
        let issue = unsafe { send_to(bytes(&*owner), to) };
        self.0.operate("write", owner, None, operation::keep::<B>, issue)
    }

    /// Sends the buffer to the address that it is [connected](UdpSocket::connect) to.
    pub fn send<B: IoBuf>(&self, buffer: B) -> Operation<B> {
        self.0.send(buffer, None)
    }

    /// The address that it is bound to.
    ///
    /// # Errors
    /// 10022 before it has one.
    pub fn local_address(&self) -> Result<SocketAddr> {
        std_address(self.0.call("getsockname", |socket| socket.local_address())?, "getsockname")
    }

    /// Joins a multicast group, on the interface that the system chooses.
    ///
    /// # Errors
    /// 10049 for an address that is no group's, 10042 for one of the other family.
    pub fn join_group(&self, group: IpAddr) -> Result<()> {
        let fd = self.handle();
        told(match group {
            IpAddr::V4(group) => sockopt::set_ip_add_membership(fd, &group, &Ipv4Addr::UNSPECIFIED),
            IpAddr::V6(group) => sockopt::set_ipv6_add_membership(fd, &group, 0),
        })
    }

    /// Leaves a multicast group.
    ///
    /// # Errors
    /// As for [`UdpSocket::join_group`]; 10049 for one that was not joined.
    pub fn leave_group(&self, group: IpAddr) -> Result<()> {
        let fd = self.handle();
        told(match group {
            IpAddr::V4(group) => sockopt::set_ip_drop_membership(fd, &group, &Ipv4Addr::UNSPECIFIED),
            IpAddr::V6(group) => sockopt::set_ipv6_drop_membership(fd, &group, 0),
        })
    }

    fn is_v6(&self) -> bool {
        self.0.socket().family() == rustix::net::AddressFamily::INET6.as_raw().into()
    }

    /// Does what this socket sends to a group reach members on this computer, too? It does at first.
    ///
    /// # Errors
    /// 10038 for a socket that is closed.
    pub fn set_multicast_loop(&self, yes: bool) -> Result<()> {
        let fd = self.handle();
        told(if self.is_v6() {
            sockopt::set_ipv6_multicast_loop(fd, yes)
        } else {
            sockopt::set_ip_multicast_loop(fd, yes)
        })
    }

    /// How many routers what this socket sends to a group passes, 0 to 255; 1 at first: none.
    ///
    /// # Errors
    /// 10038 for a socket that is closed.
    pub fn set_multicast_hops(&self, hops: u8) -> Result<()> {
        let fd = self.handle();
        told(if self.is_v6() {
            sockopt::set_ipv6_multicast_hops(fd, hops.into())
        } else {
            sockopt::set_ip_multicast_ttl(fd, hops.into())
        })
    }

    /// May it send to broadcast addresses? Not at first: such a send fails with 5.
    ///
    /// # Errors
    /// 10038 for a socket that is closed.
    pub fn set_broadcast(&self, yes: bool) -> Result<()> {
        told(sockopt::set_socket_broadcast(self.handle(), yes))
    }
}
