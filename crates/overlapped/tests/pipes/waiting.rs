//! When reads and writes wait and how they end (contract 07 §1.6, §1.7, 03 §8 and §9).

use super::*;

#[test]
fn a_write_waits_for_the_quota_and_is_visible_at_once() {
    on_every_engine(|lab| {
        let (server, client) = bytes(lab, 5000);
        assert_eq!(outcome(server.write(vec![1; 3000]).wait()).0, Ok(3000));
        let second = server.write(vec![2; 5000]);
        assert!(second.is_pending());
        assert_eq!(client.peek(0).unwrap().available, 8000);
        assert_eq!(outcome(client.read(room(2999)).wait()).0, Ok(2999));
        assert!(second.is_pending());
        assert_eq!(outcome(client.read(room(1)).wait()).0, Ok(1));
        assert_eq!(outcome(second.wait()).0, Ok(5000));
    });
}

#[test]
fn cancelled_requests_end_with_995_and_a_write_takes_its_rest_back() {
    on_every_engine(|lab| {
        let (server, client) = messages(lab, 4);
        let read = server.read(room(8));
        assert!(read.cancel());
        assert!(!read.cancel(), "once");
        assert_eq!(code(read), 995);
        assert_eq!(outcome(client.write("four").wait()).0, Ok(4));
        let (long, next) = (client.write("a long message"), client.write("and"));
        assert_eq!(server.read_message(&mut [0; 4]).unwrap(), Received { bytes: 4, more: false });
        assert_eq!(server.read_message(&mut [0; 6]).unwrap(), Received { bytes: 6, more: true });
        assert!(long.cancel());
        assert_eq!(outcome(next.wait()).0, Ok(3), "it fits now");
        assert_eq!(outcome(long.wait()).0, Err(995));
        assert_eq!(outcome(server.read(room(9)).wait()), (Ok(3), b"and".to_vec()));
        assert!(!server.cancel_all());
    });
}

#[test]
fn waiting_requests_end_with_the_other_side() {
    on_every_engine(|lab| {
        let (server, client) = bytes(lab, 4);
        let (read, write) = (server.read(room(8)), server.write("too long"));
        drop(client);
        assert_eq!((code(read), code(write)), (109, 109));
        assert_eq!((code(server.read(room(8))), code(server.write("more"))), (109, 232));
        assert_eq!(code(server.connect()), 232);

        let (server, client) = bytes(lab, 4);
        let (read, write) = (client.read(room(8)), client.write("too long"));
        server.disconnect().expect("disconnected");
        assert_eq!((code(read), code(write)), (233, 233));
        assert_eq!((code(client.read(room(8))), code(client.write("more"))), (233, 233));
        assert_eq!((code(server.read(room(8))), code(server.write("more"))), (233, 233));
        assert_eq!(failure(server.disconnect()), 233);
        assert_eq!((failure(server.peek(1)), failure(client.peek(1))), (230, 233));
    });
}

#[test]
fn what_was_written_outlives_its_writer() {
    on_every_engine(|lab| {
        let (server, client) = messages(lab, 100);
        for text in ["one", "", "three"] {
            client.write(text).wait().0.expect("written");
        }
        drop(client);
        let read = || outcome(server.read(room(9)).wait());
        assert_eq!(
            [read(), read(), read()],
            [b"one".to_vec(), vec![], b"three".to_vec()].map(|text| (Ok(text.len()), text))
        );
        assert_eq!(read().0, Err(109));
    });
}

#[test]
fn a_closed_end_finds_its_own_requests_broken() {
    on_every_engine(|lab| {
        let (server, client) = bytes(lab, 4);
        let (read, write) = (server.read(room(8)), server.write("too long"));
        drop(server);
        assert_eq!((code(read), code(write)), (109, 109));
        assert_eq!(code(client.read(room(8))), 109, "the unread write was taken back");
    });
}

#[test]
fn reads_are_served_in_their_order_and_nothing_is_lost() {
    on_every_engine(|lab| {
        let (server, client) = bytes(lab, 16);
        let reads: Vec<_> = (0..80).map(|_| server.read(room(7))).collect();
        let data = pattern(50 * 7, 3);
        let mut sent = 0;
        for (at, part) in data.chunks(5).enumerate() {
            sent += outcome(client.write(part.to_vec()).wait()).0.unwrap_or_else(|code| panic!("write {at}: {code}"));
        }
        assert_eq!(sent, data.len());
        let mut got = Vec::new();
        for read in reads {
            if got.len() == data.len() {
                assert!(read.cancel());
                assert_eq!(code(read), 995);
            } else {
                got.extend(outcome(read.wait()).1);
            }
        }
        assert_eq!(got, data);
    });
}

#[test]
fn flushing_waits_until_everything_is_read() {
    on_real_engines(|lab| {
        let (server, client) = bytes(lab, 100);
        server.flush().expect("nothing to wait for");
        server.write("data").wait().0.expect("written");
        std::thread::scope(|scope| {
            let flush = scope.spawn(|| server.flush());
            eventually("the flush waits", || server.outstanding() == 1);
            assert_eq!(outcome(client.read(room(9)).wait()).0, Ok(4));
            flush.join().unwrap().expect("flushed");
            for (end, error) in [(0, 995), (1, 233)] {
                server.write("data").wait().0.expect("written");
                let flush = scope.spawn(|| server.flush());
                eventually("the flush waits", || server.outstanding() == 1);
                match end {
                    0 => assert!(server.cancel_all()),
                    _ => server.disconnect().expect("disconnected"),
                }
                assert_eq!(failure(flush.join().unwrap()), error);
            }
        });
        let (server, client) = bytes(lab, 100);
        server.write("data").wait().0.expect("written");
        std::thread::scope(|scope| {
            let flush = scope.spawn(|| server.flush());
            eventually("the flush waits", || server.outstanding() == 1);
            drop(client);
            assert_eq!(failure(flush.join().unwrap()), 109);
        });
    });
}

#[test]
fn synchronous_calls_wait_and_can_be_cancelled_from_outside() {
    on_real_engines(|lab| {
        let (server, client) = bytes(lab, 100);
        std::thread::scope(|scope| {
            let read = scope.spawn(|| {
                let mut buffer = [0; 9];
                let done = server.read_message(&mut buffer)?;
                Ok::<_, overlapped::Error>(buffer[..done.bytes].to_vec())
            });
            eventually("the read waits", || server.outstanding() == 1);
            client.write_bytes(b"hello").expect("written");
            assert_eq!(read.join().unwrap().expect("read"), b"hello");

            let (tell, told) = std::sync::mpsc::channel();
            let read = scope.spawn(|| {
                let tell = tell;
                tell.send(alertable::current()).expect("heard");
                server.read_message(&mut [0; 9])
            });
            let thread = told.recv().expect("told");
            eventually("the read is cancelled", || thread.cancel_synchronous());
            assert_eq!(failure(read.join().unwrap()), 995);
        });
    });
}

#[test]
fn an_end_that_does_not_wait_says_so() {
    on_every_engine(|lab| {
        let name = fresh();
        let server = options(lab).nowait().quotas(512, 512).create(&name).expect("a server");
        assert_eq!(code(server.connect()), 536);
        let client = client(lab).open(&name).expect("a client");
        assert_eq!(code(server.connect()), 535);
        assert_eq!(code(server.read(room(9))), 232);
        let written = |bytes: usize| outcome(server.write(vec![0; bytes]).wait()).0;
        assert_eq!(written(513), Ok(0));
        let read = client.read(room(1));
        assert_eq!(written(514), Ok(1), "only what the reader takes");
        read.wait().0.expect("read");
        assert_eq!((written(512), written(1)), (Ok(512), Ok(0)));
    });
}

#[test]
fn an_anonymous_pipe_is_a_stream_with_an_end() {
    on_real_engines(|lab| {
        let (mut reader, mut writer) = anonymous_in(&lab.system, 0).expect("a pipe");
        let data = pattern(100_000, 1);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let copy = writer.try_clone().expect("a copy");
                writer.write_all(&data).expect("written");
                drop(writer);
                (&copy).write_all(b"end").expect("written");
            });
            let mut all = Vec::new();
            reader.read_to_end(&mut all).expect("read");
            assert_eq!(all, [&data[..], b"end"].concat());
            assert_eq!((failure(reader.available()), failure(reader.read_bytes(&mut []))), (109, 109));
        });
        let (reader, writer) = anonymous_in(&lab.system, 1).expect("a pipe");
        drop(reader);
        assert_eq!(failure(writer.write_bytes(b"nobody reads")), 232);
    });
}
