//! Flags, urgent data and control messages (contract 08 sections 3 and 6.5).

use super::*;

#[test]
fn peeking_leaves_the_data_and_waiting_for_all_waits() {
    // Contract 08 section 4, flags.
    on_real_engines(|lab| {
        let (client, server) = connection(lab);
        send(&client, b"peek").unwrap();
        assert_eq!(receive_with(&server, 10, libc::MSG_PEEK).unwrap(), b"peek");
        assert_eq!(receive_with(&server, 2, libc::MSG_PEEK).unwrap(), b"pe");
        assert_eq!(receive(&server, 10).unwrap(), b"peek");
        std::thread::scope(|scope| {
            let all = scope.spawn(|| receive_with(&server, 6, libc::MSG_WAITALL));
            for part in [b"one", b"two"] {
                std::thread::sleep(MOMENT);
                send(&client, part).unwrap();
            }
            assert_eq!(all.join().unwrap().unwrap(), b"onetwo");
        });
        let mut bytes = [0; 6];
        let memory = [Buffer { start: bytes.as_mut_ptr(), len: 6 }];
        let what = Receive { flags: libc::MSG_WAITALL, ..Receive::into(&memory) };
        // SAFETY: the bytes outlive the request.
        let issued = unsafe { server.receive_overlapped(what, quietly(None)) }.unwrap();
        send(&client, b"abc").unwrap();
        std::thread::sleep(MOMENT);
        assert!(matches!(&issued, Issued::Pending(request) if !request.is_complete()));
        client.shutdown(Shutdown::Send).unwrap();
        assert_eq!(end(lab, issued), Completion::success(3), "no more comes");
    });
}

#[test]
fn a_message_of_more_pieces_than_linux_takes_is_one() {
    // Contract 08 section 4: the buffers are one message.
    on_real_engines(|lab| {
        let (near, far) = (Open::bound(lab, DATAGRAM), Open::bound(lab, DATAGRAM));
        let to = near.local_address().unwrap();
        let (mut sent, mut got) = (pattern(2500, 7), vec![0; 2500]);
        let bytes =
            |all: &mut Vec<u8>| -> Vec<Buffer> { all.iter_mut().map(|byte| Buffer { start: byte, len: 1 }).collect() };
        let (from, into) = (bytes(&mut sent), bytes(&mut got));
        // SAFETY: the pieces outlive the calls.
        unsafe {
            assert_eq!(far.send(Send { to: Some(&to), ..Send::from(&from) }), Ok(2500));
            assert_eq!(near.receive(Receive::into(&into)), Ok(2500));
        }
        assert_eq!(got, sent);
    });
}

#[test]
fn urgent_data_is_apart_from_the_rest() {
    on_real_engines(|lab| {
        let (client, server) = connection(lab);
        send(&client, b"plain").unwrap();
        let byte = [b'!'];
        let memory = [Buffer { start: byte.as_ptr().cast_mut(), len: 1 }];
        // SAFETY: the byte outlives the call.
        unsafe { client.send(Send { flags: libc::MSG_OOB, ..Send::from(&memory) }) }.unwrap();
        let mut entry = [PollEntry { socket: &server, wanted: Interest::URGENT, found: Interest::empty() }];
        assert_eq!(wait_ready(&mut entry, Timeout::After(LONG)), Ok(1));
        assert!(!server.at_mark().unwrap(), "it waits behind the rest");
        assert_eq!(receive_with(&server, 8, libc::MSG_OOB).unwrap(), b"!");
        assert!(server.at_mark().unwrap(), "none waits");
        assert_eq!(receive(&server, 8).unwrap(), b"plain");
        assert!(server.at_mark().unwrap());
    });
}

#[test]
fn messages_carry_address_flags_and_control_data() {
    // Contract 08 section 6.5.
    on_real_engines(|lab| {
        let (near, far) = (Open::bound(lab, DATAGRAM), Open::bound(lab, DATAGRAM));
        near.set_option(libc::IPPROTO_IP, libc::IP_PKTINFO, &1_i32.to_ne_bytes()).unwrap();
        let to = near.local_address().unwrap();
        let text = b"a message of three pieces";
        let pieces: Vec<_> =
            text.chunks(9).map(|piece| Buffer { start: piece.as_ptr().cast_mut(), len: piece.len() }).collect();
        // SAFETY: static memory.
        let sent = unsafe { far.send(Send { to: Some(&to), ..Send::from(&pieces) }) };
        assert_eq!(sent, Ok(text.len()));
        let mut bytes = [0; 10];
        let memory = [Buffer { start: bytes.as_mut_ptr(), len: 4 }, Buffer { start: bytes[4..].as_mut_ptr(), len: 6 }];
        let told = Arc::new(Mutex::new(None));
        let teller = Arc::clone(&told);
        let deliver = Box::new(move |arrival: &Arrival<'_>| {
            let Arrival { bytes, address, flags, control, status } = *arrival;
            *teller.lock().unwrap() = Some((bytes, address.copied(), flags, control.len(), status));
        });
        let what = Receive { wants_address: true, control: 64, deliver: Some(deliver), ..Receive::into(&memory) };
        // SAFETY: the bytes outlive the request.
        let issued = unsafe { near.receive_overlapped(what, quietly(None)) }.unwrap();
        assert_eq!(end(lab, issued), Completion { status: Status::BUFFER_OVERFLOW, bytes: 10 });
        let (n, from, flags, control, status) = told.lock().unwrap().take().expect("told");
        assert_eq!((n, from, status), (10, Some(far.local_address().unwrap()), Status::BUFFER_OVERFLOW));
        assert!(flags & libc::MSG_TRUNC != 0 && control > 0);
        assert_eq!(&bytes, b"a message ");
    });
}

#[test]
fn what_came_while_nobody_waited_is_received_at_once() {
    // Contract 08 section 4: 0 if it is finished; with a buffer of no bytes too, if data is there.
    on_real_engines(|lab| {
        let (client, server) = connection(lab);
        let mut bytes = [0; 8];
        let memory = [Buffer { start: bytes.as_mut_ptr(), len: 8 }];
        let nothing = [Buffer { start: bytes.as_mut_ptr(), len: 0 }];
        // SAFETY: the bytes outlive the requests.
        let begin = |memory: &[Buffer]| unsafe { server.receive_overlapped(Receive::into(memory), quietly(None)) };
        // Who notices an arrival that nobody waits for is a thread of the library, which a busy machine may keep for longer than a moment.
        eventually("data that is there is found at once", || {
            let first = begin(&memory).unwrap();
            send(&client, b"short").unwrap();
            assert_eq!(end(lab, first), Completion::success(5), "less than there was room for: nothing is left");
            send(&client, b"more").unwrap();
            std::thread::sleep(MOMENT);
            let found = begin(&nothing).unwrap();
            let at_once = matches!(found, Issued::Done(..));
            assert_eq!(end(lab, found), Completion::success(0));
            assert_eq!(receive(&server, 8).unwrap(), b"more");
            at_once
        });
        server.set_nonblocking(true).unwrap();
        eventually("data that is there is received at once", || {
            assert_eq!(receive(&server, 8).unwrap_err().value(), 10035);
            send(&client, b"again").unwrap();
            std::thread::sleep(MOMENT);
            let received = begin(&memory).unwrap();
            let at_once = matches!(received, Issued::Done(..));
            assert_eq!(end(lab, received), Completion::success(5));
            at_once
        });
    });
}
