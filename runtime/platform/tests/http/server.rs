//! A server on loopback that answers as it is told, byte by byte.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// A server, and what it was asked. Its threads end with what they talk to.
pub(crate) struct Server {
    pub(crate) port: u16,
    connections: Arc<AtomicUsize>,
    requests: Mutex<Receiver<String>>,
}

impl Server {
    /// Answers every request with these bytes, and closes.
    pub(crate) fn saying(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::doing(move |mut stream| {
            // Who has heard enough hangs up.
            let _ = stream.write_all(&answer);
        })
    }

    /// Lets `serve` do what it likes after a request was read.
    pub(crate) fn doing(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").unwrap(), serve)
    }

    /// The same at a place of its own.
    pub(crate) fn at(listener: TcpListener, serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let (heard, requests) = channel();
        let (counting, serve) = (Arc::clone(&connections), Arc::new(serve));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                counting.fetch_add(1, Ordering::SeqCst);
                let (heard, serve) = (heard.clone(), Arc::clone(&serve));
                thread::spawn(move || answer(stream, &heard, &*serve));
            }
        });
        Self {
            port,
            connections,
            requests: Mutex::new(requests),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The pattern that grants its address.
    pub(crate) fn address(&self) -> String {
        self.url("")
    }

    /// How often it was connected to.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The next request that it was sent, as it came.
    pub(crate) fn heard(&self) -> String {
        self.requests.lock().unwrap().recv().unwrap()
    }
}

fn answer(mut stream: TcpStream, heard: &Sender<String>, serve: &dyn Fn(TcpStream)) {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => request.push(byte[0]),
            _ => return,
        }
    }
    // The test may be over.
    let _ = heard.send(String::from_utf8(request).unwrap());
    serve(stream);
}
