//! ConnectEx, AcceptEx, DisconnectEx, TransmitFile (contract 08 section 6).

use super::*;

#[test]
fn connect_ex_needs_a_bound_socket_sends_its_data_and_leaves_a_bare_connection() {
    // Contract 08 section 6.2.
    on_real_engines(|lab| {
        let listener = Open::listener(lab);
        let to = listener.local_address().unwrap();
        let unbound = Open::new(lab, STREAM);
        // SAFETY: there is no memory in it.
        let refused = unsafe { unbound.connect_overlapped(&to, None, quietly(None)) };
        assert_eq!(refused.unwrap_err().error.value(), 10022);
        let client = Open::bound(lab, STREAM);
        let data = Buffer { start: b"first".as_ptr().cast_mut(), len: 5 };
        // SAFETY: static memory.
        let issued = unsafe { client.connect_overlapped(&to, Some(data), quietly(None)) }.unwrap();
        assert_eq!(end(lab, issued), Completion::success(5));
        let server = listener.accepted();
        assert_eq!(receive_all(&server, 5), b"first");
        assert_eq!(client.peer_address().unwrap_err().value(), 10057);
        assert_eq!(client.shutdown(Shutdown::Send).unwrap_err().value(), 10057);
        send(&client, b"sends all the same").unwrap();
        client.update_connect_context().unwrap();
        assert_eq!(client.peer_address().unwrap(), to);
        // SAFETY: there is no memory in it.
        let again = unsafe { client.connect_overlapped(&to, None, quietly(None)) };
        assert_eq!(again.unwrap_err().error.value(), 10056);
        let nobody = Open::bound(lab, STREAM);
        let other = Open::bound(lab, STREAM);
        // SAFETY: there is no memory in it.
        let issued = unsafe { other.connect_overlapped(&nobody.local_address().unwrap(), None, quietly(None)) };
        let status = match issued {
            Ok(issued) => end(lab, issued).status,
            Err(refused) => refused.status,
        };
        assert_eq!((status.to_win32().0, status.to_wsa().value()), (1225, 10061));
    });
}

#[test]
fn accept_ex_checks_its_arguments_and_tells_both_addresses() {
    // Contract 08 section 6.1.
    on_real_engines(|lab| {
        let listener = Open::listener(lab);
        let fresh = Open::new(lab, STREAM);
        let nothing = Buffer { start: std::ptr::null_mut(), len: 0 };
        let accept = |from: &Socket, into: &Socket, local_len, remote_len, deliver| {
            let what = AcceptInto { socket: into, buffer: nothing, local_len, remote_len, deliver };
            // SAFETY: there is no memory in it.
            unsafe { from.accept_overlapped(what, quietly(None)) }
        };
        let refused =
            |from: &Socket, into: &Socket, remote| accept(from, into, 32, remote, None).unwrap_err().error.value();
        assert_eq!(refused(&fresh, &listener, 32), 10022, "not listening");
        assert_eq!(refused(&listener, &Open::bound(lab, STREAM), 32), 10022, "bound");
        assert_eq!(refused(&listener, &Open::new(lab, DATAGRAM), 32), 10022, "datagrams");
        assert_eq!(refused(&listener, &fresh, 0), 10014);
        let short = accept(&listener, &fresh, 31, 32, None).unwrap();
        let client = Open::new(lab, STREAM);
        client.connect(&listener.local_address().unwrap()).unwrap();
        assert_eq!(end(lab, short), Completion::failure(Status::BUFFER_TOO_SMALL));
        let told = Arc::new(Mutex::new(None));
        let teller = Arc::clone(&told);
        let deliver = Box::new(move |local: &Address, remote: &Address| {
            *teller.lock().unwrap() = Some((*local, *remote));
        });
        let issued = accept(&listener, &fresh, 32, 32, Some(deliver)).unwrap();
        assert_eq!(end(lab, issued), Completion::success(0), "the connection was still there");
        let (local, remote) = told.lock().unwrap().take().expect("told");
        assert_eq!(local, listener.local_address().unwrap());
        assert_eq!(remote, client.local_address().unwrap());
        assert_eq!(fresh.peer_address().unwrap_err().value(), 10057, "SO_UPDATE_ACCEPT_CONTEXT is missing");
        send(&fresh, b"works without").unwrap();
        fresh.update_accept_context(&listener).unwrap();
        assert_eq!(fresh.peer_address().unwrap(), remote);
        assert!(fresh.connect_time().is_some_and(|seconds| seconds < 20));
    });
}

#[test]
fn a_disconnected_socket_can_be_used_again() {
    // Contract 08 section 6.3.
    on_real_engines(|lab| {
        let listener = Open::listener(lab);
        let to = listener.local_address().unwrap();
        let client = Open::bound(lab, STREAM);
        assert_eq!(client.disconnect(false).unwrap_err().value(), 10057);
        for round in 0..3_u8 {
            // SAFETY: there is no memory in it.
            let issued = unsafe { client.connect_overlapped(&to, None, quietly(None)) }.unwrap();
            assert_eq!(end(lab, issued).status, Status::SUCCESS);
            let server = listener.accepted();
            send(&client, &[round; 3]).unwrap();
            // SAFETY: as above.
            let issued = unsafe { client.disconnect_overlapped(true, quietly(None)) }.unwrap();
            assert!(matches!(&issued, Issued::Pending(_)), "always pending first");
            assert_eq!(end(lab, issued), Completion::success(0));
            assert_eq!(receive_all(&server, 3), [round; 3]);
            assert_eq!(receive(&server, 1).unwrap(), b"");
        }
        let (client, server) = connection(lab);
        client.disconnect(false).unwrap();
        client.disconnect(false).unwrap();
        assert_eq!(receive(&server, 1).unwrap(), b"");
        assert_eq!(send(&client, b"x").unwrap_err().value(), 10058);
        assert_eq!(client.connect(&to).unwrap_err().value(), 10056);
        send(&server, b"still").unwrap();
        assert_eq!(receive_all(&client, 5), b"still");
    });
}

/// An open file of the lab.
fn open_file(lab: &Lab, name: &str) -> (overlapped::OverlappedFile, Grant) {
    let file = lab.options().read(true).open_overlapped(lab.path(name)).expect("an open file");
    let handle = Handle::from_raw(file.handle().raw()).expect("a handle");
    let grant = lab.system.grant(handle).expect("granted");
    (file, grant)
}

#[test]
fn a_file_is_sent_between_a_head_and_a_tail() {
    // Contract 08 section 6.4.
    on_real_engines(|lab| {
        let bytes = pattern(3_000_000, 4);
        let path = lab.file("page", &bytes);
        let (_file, grant) = open_file(lab, "page");
        let part = |offset, len| Element::File { file: Arc::clone(&grant.instance), offset, len };
        let memory = |text: &'static str| Element::Memory(Buffer { start: text.as_ptr().cast_mut(), len: text.len() });
        for cold in [false, true] {
            let (client, server) = connection(lab);
            if cold {
                let file = std::fs::File::open(&path).unwrap();
                file.sync_all().unwrap();
                // Where the file system has no device, it stays in memory, and the test says less.
                rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed).unwrap();
            }
            let elements = [memory("head"), part(Some(0), 0), memory("tail")];
            let what = Transmit { elements: &elements, disconnect: true, reuse: false };
            // SAFETY: static memory.
            let issued = unsafe { client.transmit_overlapped(what, quietly(None)) }.unwrap();
            let received = receive_all(&server, bytes.len() + 8);
            assert_eq!(end(lab, issued), Completion::success(bytes.len() + 8));
            assert!(received[..4] == *b"head" && received[received.len() - 4..] == *b"tail");
            assert!(received[4..received.len() - 4] == bytes);
            assert_eq!(receive(&server, 1).unwrap(), b"", "TF_DISCONNECT");
        }
        // From the file pointer, which moves; nothing at all; not connected.
        let (client, server) = connection(lab);
        *grant.instance.pointer() = 100;
        let elements = [part(None, 50)];
        let what = Transmit { elements: &elements, disconnect: false, reuse: false };
        // SAFETY: no memory of the program's.
        assert_eq!(unsafe { client.transmit(what) }, Ok(50));
        assert_eq!(*grant.instance.pointer(), 150);
        assert!(receive_all(&server, 50) == bytes[100..150]);
        // SAFETY: as above.
        assert_eq!(unsafe { client.transmit(Transmit { elements: &[], ..what }) }, Ok(0));
        let fresh = Open::new(lab, STREAM);
        // SAFETY: as above.
        assert_eq!(unsafe { fresh.transmit(what) }.unwrap_err().value(), 10057);
    });
}

#[test]
fn a_transmission_can_be_cancelled_and_does_not_overtake() {
    on_real_engines(|lab| {
        lab.file("big", vec![5; 32 << 20]);
        let (_file, grant) = open_file(lab, "big");
        let (client, server) = connection(lab);
        let elements = [Element::File { file: grant.instance, offset: Some(0), len: 0 }];
        let what = Transmit { elements: &elements, disconnect: false, reuse: false };
        // SAFETY: no memory of the program's.
        let first = unsafe { client.transmit_overlapped(what, quietly(None)) }.unwrap();
        // SAFETY: as above.
        let second = unsafe { client.transmit_overlapped(what, quietly(None)) }.unwrap();
        let (Issued::Pending(first), Issued::Pending(second)) = (first, second) else { panic!("it all went out") };
        assert!(second.cancel() && first.cancel());
        let ended = end(lab, Issued::Pending(first));
        assert_eq!(ended.status, Status::CANCELLED);
        assert_eq!(end(lab, Issued::Pending(second)), Completion::failure(Status::CANCELLED));
        client.shutdown(Shutdown::Send).unwrap();
        let mut received = 0;
        loop {
            match receive(&server, 1 << 20).unwrap().len() {
                0 => break,
                n => received += n,
            }
        }
        assert_eq!(received, ended.bytes);
    });
}
