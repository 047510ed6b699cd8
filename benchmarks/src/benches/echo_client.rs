//! The client of `echo`, the same for all servers: one thread, one message on its way on each connection.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsRawFd;
use std::time::Instant;

use crate::meter::Latency;

/// One connection.
struct Conversation {
    stream: TcpStream,
    /// Bytes of the present message that have not come back.
    missing: usize,
    /// What the next message is filled with.
    salt: u8,
    /// When the present message was sent.
    sent: Instant,
}

impl Conversation {
    fn is_quiet(&self) -> bool {
        self.missing == 0
    }
}

/// See the module page.
pub struct Client {
    epoll: rustix::fd::OwnedFd,
    conversations: Vec<Conversation>,
    message: Vec<u8>,
    answer: Vec<u8>,
    done: u64,
    /// How long each message of the last run took, in nanoseconds.
    times: Vec<u32>,
}

impl Client {
    /// With these connections, for messages of this size.
    pub fn new(streams: Vec<TcpStream>, size: usize) -> io::Result<Self> {
        use rustix::event::epoll;
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let mut conversations = Vec::with_capacity(streams.len());
        for stream in streams {
            stream.set_nonblocking(true)?;
            let data = epoll::EventData::new_u64(conversations.len() as u64);
            epoll::add(&epoll, &stream, data, epoll::EventFlags::IN)?;
            conversations.push(Conversation { stream, missing: 0, salt: 0, sent: Instant::now() });
        }
        let (message, answer) = (vec![0; size], vec![0; size]);
        Ok(Self { epoll, conversations, message, answer, done: 0, times: Vec::new() })
    }

    /// Sends so many messages and gets them back.
    pub fn run(&mut self, operations: u64) -> io::Result<()> {
        let mut begun = 0;
        self.times.clear();
        for index in 0..self.conversations.len() {
            if begun < operations {
                self.send(index, Instant::now())?;
                begun += 1;
            }
        }
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; 256];
        while self.done < operations {
            // SAFETY: room for so many events.
            let found =
                unsafe { libc::epoll_wait(self.epoll.as_raw_fd(), events.as_mut_ptr(), events.len() as i32, -1) };
            for event in &events[..usize::try_from(found).unwrap_or(0)] {
                let index = event.u64 as usize;
                if self.receive(index)? {
                    let now = Instant::now();
                    let took = now.duration_since(self.conversations[index].sent).as_nanos();
                    self.times.push(u32::try_from(took).unwrap_or(u32::MAX));
                    self.done += 1;
                    if begun < operations {
                        self.send(index, now)?;
                        begun += 1;
                    }
                }
            }
        }
        Ok(())
    }

    fn send(&mut self, index: usize, now: Instant) -> io::Result<()> {
        let conversation = &mut self.conversations[index];
        conversation.salt = conversation.salt.wrapping_add(1);
        conversation.sent = now;
        self.message[0] = conversation.salt;
        conversation.missing = self.message.len();
        // One message always fits.
        (&conversation.stream).write_all(&self.message)
    }

    /// Has the whole message come back?
    fn receive(&mut self, index: usize) -> io::Result<bool> {
        let conversation = &mut self.conversations[index];
        match (&conversation.stream).read(&mut self.answer) {
            Ok(0) => Err(io::Error::other("the server has closed a connection")),
            Ok(n) if n > conversation.missing => Err(io::Error::other("more came back than was sent")),
            Ok(n) => {
                if conversation.missing == self.message.len() && self.answer[0] != conversation.salt {
                    return Err(io::Error::other("another message came back"));
                }
                conversation.missing -= n;
                Ok(conversation.is_quiet())
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// How long the messages of the last run took.
    pub fn latency(&self) -> Option<Latency> {
        Latency::of(
            self.times.iter().map(|nanoseconds| std::time::Duration::from_nanos((*nanoseconds).into())).collect(),
        )
    }

    /// Did so many messages come back, and is none on its way?
    pub fn check(&mut self, operations: u64) -> io::Result<()> {
        let done = std::mem::take(&mut self.done);
        if done == operations && self.conversations.iter().all(Conversation::is_quiet) {
            return Ok(());
        }
        Err(io::Error::other(format!("{done} of {operations} messages came back")))
    }
}
