//! Serial ports on a completion port, and under an executor (contract 06).

use super::common::{LOST, on_every_engine, on_real_engines};
use super::{code, pair, send};
use overlapped::CompletionPort;
use overlapped::serial::{Events, Timeouts};

#[test]
fn packets_bring_key_context_and_buffer_06_4() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        let port = CompletionPort::<&str, u32>::new_in(&lab.system, 0);
        let near = port.associate(pair.near, "near").unwrap();
        near.set_timeouts(Timeouts::waiting()).unwrap();
        near.set_event_mask(Events::RXCHAR).unwrap();
        near.wait_event(vec![0; 4], 1).unwrap();
        near.read(vec![0; 3], 2).unwrap();
        near.write(b"out".to_vec(), 3).unwrap();
        let written = port.get_timeout(LOST).unwrap().expect("a packet");
        assert_eq!((written.key, written.context, written.result), ("near", 3, Ok(3)));
        send(&pair.far, b"abc");
        let mut seen = [0, 1].map(|_| port.get_timeout(LOST).unwrap().expect("a packet"));
        seen.sort_by_key(|packet| packet.context);
        let [event, read] = seen;
        assert_eq!((event.context, event.result), (1, Ok(4)));
        assert_eq!(Events::from_buffer(event.buffer.as_deref().unwrap()), Events::RXCHAR);
        assert_eq!((read.context, read.result, read.buffer.as_deref()), (2, Ok(3), Some(b"abc".as_slice())));
    });
}

#[test]
fn a_timeout_is_a_packet_of_a_success_01_5_4() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        let port = CompletionPort::<(), u32>::new_in(&lab.system, 0);
        let near = port.associate(pair.near, ()).unwrap();
        near.set_timeouts(Timeouts::waiting().total(super::common::MOMENT)).unwrap();
        near.read(vec![0; 3], 7).unwrap();
        let packet = port.get_timeout(LOST).unwrap().expect("a packet");
        assert_eq!((packet.context, packet.result), (7, Ok(0)));
    });
}

#[test]
fn refused_waits_give_everything_back_01_5_5() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        let port = CompletionPort::<(), u32>::new_in(&lab.system, 0);
        let near = port.associate(pair.near, ()).unwrap();
        let refused = near.wait_event(vec![0; 4], 9).unwrap_err();
        assert_eq!((refused.error.code().0, refused.context, refused.buffer.len()), (87, 9, 4));
        let refused = near.wait_event(Vec::with_capacity(3), 9).unwrap_err();
        assert_eq!(refused.error.code().0, 122);
        assert!(port.try_get().unwrap().is_none(), "and queue no packet");
        drop(near);
    });
}

#[test]
fn a_closed_port_sends_what_was_pending_to_the_completion_port_03_9() {
    on_every_engine(|lab| {
        let pair = pair(lab);
        let port = CompletionPort::<(), u32>::new_in(&lab.system, 0);
        let near = port.associate(pair.near, ()).unwrap();
        near.set_timeouts(Timeouts::waiting()).unwrap();
        near.read(vec![0; 3], 7).unwrap();
        drop(near);
        let packet = port.get_timeout(LOST).unwrap().expect("a packet");
        assert_eq!((packet.context, code(packet.result)), (7, 995));
    });
}

#[test]
fn operations_can_be_awaited_01_5() {
    on_real_engines(|lab| {
        let pair = pair(lab);
        pair.near.set_timeouts(Timeouts::waiting()).unwrap();
        pair.near.set_event_mask(Events::RXCHAR).unwrap();
        pollster::block_on(async {
            let event = pair.near.wait_event();
            pair.far.write(b"ping".to_vec()).await.0.unwrap();
            assert_eq!(event.await, (Ok(4), Events::RXCHAR));
            assert_eq!(pair.near.read(vec![0; 4]).await, (Ok(4), b"ping".to_vec()));
        });
    });
}
