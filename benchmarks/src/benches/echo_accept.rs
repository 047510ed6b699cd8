//! `accept`: a server that takes connections and closes them at once.
//!
//! One client, the same for all: it makes a batch of connections, waits until the server has closed each, and
//! resets them, so that none lingers. An operation is one connection.

use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use crate::harness::{Amount, Contestant, Context, Group, Metric, Outcome};
use crate::meter::Timer;
use crate::ours_sockets::PortDoorman;
use crate::peers::doormen::{EpollDoorman, MultishotDoorman, RingDoorman, TokioDoorman};
use crate::team::{self, Member, Placement};

const OURS: &str = "ours, 64 accepts on a port";
const EPOLL: &str = "bare epoll loop";
const RING: &str = "bare ring loop, 64 accepts";
const MULTISHOT: &str = "bare ring loop, multishot accept";
const TOKIO: &str = "tokio";

/// Connections that come at the same moment.
const BATCH: usize = 64;

/// Takes connections and closes them, until it is dropped.
pub trait Doorman: Sized {
    /// Starts its thread.
    fn start(listener: TcpListener) -> io::Result<Self>;
}

/// Runs the group.
pub fn groups(context: &Context) -> io::Result<Vec<Outcome>> {
    super::echo::raise_descriptor_limit();
    let metric = Metric { unit: "k conn/s", operation: "connection", higher_is_better: true, scale: 1e-3 };
    let amount = Amount::Filling(context.pick(Duration::from_millis(600), Duration::from_millis(20)));
    let mut group = Group::new(format!("connections in batches of {BATCH}"), metric, amount);
    group.enter_or_note(OURS, Door::<PortDoorman>::open());
    group.enter_or_note(EPOLL, Door::<EpollDoorman>::open());
    group.enter_or_note(RING, Door::<RingDoorman>::open());
    group.enter_or_note(MULTISHOT, Door::<MultishotDoorman>::open());
    group.enter_or_note(TOKIO, Door::<TokioDoorman>::open());
    for peer in [EPOLL, RING, MULTISHOT, TOKIO] {
        group.compare("rate", OURS, peer);
    }
    Ok(vec![group.race(context)?])
}

struct Door<D> {
    _doorman: D,
    address: SocketAddr,
    closed: u64,
}

impl<D: Doorman> Door<D> {
    fn open() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        Ok(Self { _doorman: D::start(listener)?, address, closed: 0 })
    }
}

fn knock(address: SocketAddr, count: usize) -> io::Result<u64> {
    let streams: Vec<_> = (0..count).map(|_| TcpStream::connect(address)).collect::<io::Result<_>>()?;
    let mut closed = 0;
    for mut stream in streams {
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        if stream.read(&mut [0])? == 0 {
            closed += 1;
        }
        rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO))?;
    }
    Ok(closed)
}

impl<D> Contestant for Door<D> {
    fn run(&mut self, operations: u64, timer: &mut Timer) -> io::Result<()> {
        let address = self.address;
        let member: Member<'_> = Box::new(move || {
            team::pin_last();
            let mut closed = 0;
            while closed < operations {
                closed += knock(address, BATCH.min((operations - closed) as usize))?;
            }
            Ok(closed)
        });
        self.closed = team::run(timer, Placement::Free, vec![member])?;
        Ok(())
    }

    fn verify(&mut self, operations: u64) -> io::Result<()> {
        if self.closed == operations {
            return Ok(());
        }
        Err(io::Error::other(format!("{} of {operations} connections were taken and closed", self.closed)))
    }
}
