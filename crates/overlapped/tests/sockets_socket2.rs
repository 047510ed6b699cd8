//! Sockets of the crate `socket2` become ours and go back: with the feature of that name.

mod common;

use common::bounded;
use overlapped::{TcpListener, TcpStream, UdpSocket};
use socket2::{Domain, Socket, Type};
use std::io::{Read, Write};
use std::net::SocketAddr;

#[test]
fn sockets_come_from_socket2_and_go_back() {
    bounded("the test", || {
        let anywhere: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        listener.bind(&anywhere.into()).unwrap();
        listener.listen(4).unwrap();
        let listener = TcpListener::try_from(listener).expect("a listener");
        let address = listener.local_address().unwrap();
        let client = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        client.connect(&address.into()).unwrap();
        let client = TcpStream::try_from(client).expect("a stream");
        let (server, _) = listener.accept().wait().unwrap();
        client.send("there").wait().0.unwrap();
        assert_eq!(server.receive(Vec::with_capacity(8)).wait().1, b"there");
        let mut server = Socket::try_from(server).expect("a descriptor");
        server.write_all(b"back").unwrap();
        let mut client = Socket::try_from(client).expect("a descriptor");
        let mut bytes = [0; 4];
        client.read_exact(&mut bytes).expect("it blocks");
        assert_eq!(&bytes, b"back");
        let datagrams = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
        datagrams.bind(&anywhere.into()).unwrap();
        let wrong = TcpStream::try_from(datagrams.try_clone().unwrap());
        assert_eq!(wrong.unwrap_err().code().0, 10041);
        let datagrams = UdpSocket::try_from(datagrams).expect("a socket of datagrams");
        let own = datagrams.local_address().unwrap();
        datagrams.send_to(b"self".to_vec(), own).wait().0.unwrap();
        assert_eq!(datagrams.receive_from(vec![0; 8]).wait().1.from, Some(own));
    });
}
