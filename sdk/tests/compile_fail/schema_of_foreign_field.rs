use std::net::Ipv4Addr;

#[derive(airs::Schema)]
struct Node {
    address: Ipv4Addr,
}

fn main() {}
