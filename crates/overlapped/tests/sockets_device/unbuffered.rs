//! SO_SNDBUF 0: a send is complete when it is acknowledged (contract 08 section 10).

use super::*;
use std::os::fd::AsRawFd;

/// More than the window of a receiver with [`NARROW`], less than Linux keeps for a sender.
const PART: usize = 30_000;
const NARROW: u32 = 4096;

/// A connection whose server takes few bytes before it reads.
fn narrow(lab: &Lab) -> (Open<'_>, Open<'_>) {
    let listener = Open::bound(lab, STREAM);
    listener.set_receive_buffer(NARROW).unwrap();
    listener.listen(5).unwrap();
    let client = Open::new(lab, STREAM);
    client.connect(&listener.local_address().unwrap()).unwrap();
    (client, listener.accepted())
}

/// An overlapped send of memory that outlives it.
fn begin(socket: &Socket, bytes: &'static [u8]) -> Issued {
    let memory = [Buffer { start: bytes.as_ptr().cast_mut(), len: bytes.len() }];
    // SAFETY: static memory, which is only read.
    unsafe { socket.send_overlapped(Send::from(&memory), quietly(None)) }.expect("begun")
}

static BYTES: [u8; PART] = [7; PART];

fn is_pending(issued: &Issued) -> bool {
    matches!(issued, Issued::Pending(request) if !request.is_complete())
}

#[test]
fn a_send_without_a_buffer_ends_when_it_is_acknowledged() {
    on_real_engines(|lab| {
        let (client, server) = narrow(lab);
        assert!(matches!(begin(&client, &BYTES), Issued::Done(..)), "with a buffer Linux takes it at once");
        receive_all(&server, PART);
        client.set_send_buffer(0).unwrap();
        assert_eq!(client.send_buffer(), Ok(0));
        // Each goes out without waiting for the one before.
        let sends: Vec<_> = (0..3).map(|_| begin(&client, &BYTES)).collect();
        std::thread::sleep(MOMENT);
        assert!(sends.iter().all(is_pending), "nobody has taken it");
        let mut entry = [PollEntry { socket: &client, wanted: Interest::READ, found: Interest::empty() }];
        assert_eq!(wait_ready(&mut entry, Timeout::Poll), Ok(0));
        assert_eq!(entry[0].found & (Interest::ERROR | Interest::HANGUP), Interest::empty());
        receive_all(&server, 3 * PART);
        for issued in sends {
            assert_eq!(end(lab, issued), Completion::success(PART));
        }
        // Acknowledgements are no errors.
        assert_eq!(wait_ready(&mut entry, Timeout::After(MOMENT)), Ok(0));
        assert_eq!(client.take_error().value(), 0);
        assert_eq!(end(lab, begin(&client, b"small")), Completion::success(5));
        assert_eq!(end(lab, begin(&client, b"")), Completion::success(0));
        assert_eq!(receive_all(&server, 5), b"small");
        client.set_send_buffer(60_000).unwrap();
        assert!(matches!(begin(&client, &BYTES), Issued::Done(..)), "buffered again");
        receive_all(&server, PART);
    });
}

#[test]
fn plain_sends_without_a_buffer_wait_only_in_blocking_mode() {
    on_real_engines(|lab| {
        let (client, server) = narrow(lab);
        client.set_send_buffer(0).unwrap();
        std::thread::scope(|scope| {
            let sent = scope.spawn(|| send(&client, &BYTES));
            std::thread::sleep(MOMENT);
            assert!(!sent.is_finished(), "nobody has taken it");
            receive_all(&server, PART);
            assert_eq!(sent.join().unwrap(), Ok(PART));
        });
        client.set_send_limit(50);
        assert_eq!(send(&client, &BYTES).unwrap_err().value(), 10060);
        receive_all(&server, PART);
        client.set_nonblocking(true).unwrap();
        assert_eq!(send(&client, b"at once"), Ok(7));
    });
}

#[test]
fn what_is_never_acknowledged_ends_with_the_connection() {
    // Contract 08 sections 5 and 9.
    on_real_engines(|lab| {
        let (client, server) = narrow(lab);
        client.set_send_buffer(0).unwrap();
        let (first, second) = (begin(&client, &BYTES), begin(&client, &BYTES));
        let Issued::Pending(request) = first else { panic!("acknowledged by nobody") };
        request.cancel();
        assert_eq!(end(lab, Issued::Pending(request)).status, Status::CANCELLED);
        assert!(is_pending(&second));
        server.set_linger(Some(0)).unwrap();
        drop(server);
        assert_eq!(end(lab, second).status, Status::CONNECTION_RESET);
        assert_eq!(send(&client, b"x").unwrap_err().value(), 10054);
        assert_eq!(receive(&client, 1).unwrap_err().value(), 10054);

        let (client, _server) = narrow(lab);
        client.set_send_buffer(0).unwrap();
        let sent = begin(&client, &BYTES);
        drop(client);
        assert_eq!(end(lab, sent).status, Status::CONNECTION_ABORTED);
    });
}

#[test]
fn a_connection_takes_over_from_its_listener_that_there_is_no_buffer() {
    // Contract 08 section 3: accept inherits the options.
    on_real_engines(|lab| {
        let listener = Open::bound(lab, STREAM);
        listener.set_send_buffer(0).unwrap();
        listener.listen(5).unwrap();
        let client = Open::new(lab, STREAM);
        client.set_receive_buffer(NARROW).unwrap();
        client.connect(&listener.local_address().unwrap()).unwrap();
        let server = listener.accepted();
        assert_eq!(server.send_buffer(), Ok(0));
        let sent = begin(&server, &BYTES);
        std::thread::sleep(MOMENT);
        assert!(is_pending(&sent));
        // Ends both, and what is behind waits for what is before.
        // SAFETY: there is no memory in it.
        let over = unsafe { server.disconnect_overlapped(true, quietly(None)) }.unwrap();
        assert!(is_pending(&over));
        receive_all(&client, PART);
        assert_eq!(end(lab, sent), Completion::success(PART));
        assert_eq!(end(lab, over), Completion::success(0));
        assert_eq!(receive(&client, 1).unwrap(), b"");
    });
}

#[test]
fn nothing_is_outstanding_when_a_send_without_a_buffer_ends_while_acknowledgements_stream_in() {
    static MUCH: [u8; 2 << 20] = [9; 2 << 20];
    on_real_engines(|lab| {
        let listener = Open::bound(lab, STREAM);
        listener.listen(5).unwrap();
        let client = Open::new(lab, STREAM);
        client.connect(&listener.local_address().unwrap()).unwrap();
        let server = listener.accepted();
        client.set_send_buffer(0).unwrap();
        let descriptor = client.instance().device().descriptor().expect("open").as_raw_fd();
        std::thread::scope(|scope| {
            scope.spawn(|| receive_all(&server, 20 * MUCH.len()));
            for _ in 0..20 {
                assert_eq!(end(lab, begin(&client, &MUCH)), Completion::success(MUCH.len()));
                let mut outstanding = -1;
                // SAFETY: the descriptor is open, and the number has a place.
                assert_eq!(unsafe { libc::ioctl(descriptor, libc::TIOCOUTQ, &raw mut outstanding) }, 0);
                assert_eq!(outstanding, 0, "acknowledged, and nothing else was sent");
            }
        });
    });
}
