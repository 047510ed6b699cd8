//! Streams as tests use them.

use overlapped::TcpStream;

/// Receives until so many bytes are there.
pub fn receive_exactly(stream: &TcpStream, len: usize) -> Vec<u8> {
    let mut all = Vec::new();
    while all.len() < len {
        let (result, bytes) = stream.receive(Vec::with_capacity(len - all.len())).wait();
        assert_ne!(result.expect("received"), 0, "it ended early");
        all.extend_from_slice(&bytes);
    }
    all
}
