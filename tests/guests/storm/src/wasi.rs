//! Calls of everything that WASI has, with arguments that a machine would mind.

use wasip2::cli::{environment, stderr, stdin, stdout, terminal_stderr, terminal_stdin, terminal_stdout};
use wasip2::clocks::{monotonic_clock, wall_clock};
use wasip2::filesystem::preopens;
use wasip2::io::poll::{Pollable, poll};
use wasip2::random::{insecure, insecure_seed, random};
use wasip2::sockets::network::IpAddressFamily;
use wasip2::sockets::{instance_network, ip_name_lookup, tcp_create_socket, udp_create_socket};

use crate::chance::Chance;
use crate::values::bytes;
use crate::{number, text};

/// Bytes that may be drawn at once.
const DRAWN_MAX: u64 = 64 << 10;

/// Makes one call. One that may end the run is made only when it is the last.
pub fn call(chance: &mut Chance, is_last: bool) -> bool {
    match chance.below(if is_last { 20 } else { 16 }) {
        0 => environment::get_environment().is_empty(),
        1 => environment::get_arguments().is_empty(),
        2 => environment::initial_cwd().is_none(),
        3 => {
            terminal_stdin::get_terminal_stdin().is_none() && terminal_stdout::get_terminal_stdout().is_none()
        }
        4 => terminal_stderr::get_terminal_stderr().is_none(),
        5 => monotonic_clock::now() <= monotonic_clock::now() && monotonic_clock::resolution() > 0,
        6 => wall_clock::now().nanoseconds < 1_000_000_000 && wall_clock::resolution().seconds < 2,
        7 => preopens::get_directories().is_empty(),
        8 => random::get_random_bytes(number(chance) % (DRAWN_MAX + 1)).len() < 1 << 17,
        9 => random::get_random_u64() != insecure::get_insecure_random_u64(),
        10 => insecure_seed::insecure_seed().0 != random::get_random_u64(),
        11 => input(chance),
        12 | 13 => output(chance),
        14 => wait(chance),
        15 => network(chance),
        // These may end the run.
        16 => random::get_random_bytes(number(chance)).len() < 1 << 17,
        17 => insecure::get_insecure_random_bytes(number(chance)).len() < 1 << 17,
        18 => output_at_the_edge(chance),
        _ => name_lookup(chance),
    }
}

fn input(chance: &mut Chance) -> bool {
    let stream = stdin::get_stdin();
    match chance.below(5) {
        0 => stream.read(number(chance)).is_ok(),
        1 => stream.blocking_read(number(chance)).is_ok(),
        2 => stream.subscribe().ready(),
        3 => stream.read(0).is_ok(),
        _ => stream.blocking_read(u64::MAX).is_ok(),
    }
}

fn output(chance: &mut Chance) -> bool {
    let stream = if chance.one_in(2) {
        stdout::get_stdout()
    } else {
        stderr::get_stderr()
    };
    match chance.below(7) {
        0 => stream.check_write().is_ok(),
        1 => stream.write(&bytes(chance)).is_ok(),
        2 => (0..1_000).all(|_| stream.write(b"").is_ok()),
        3 => stream.blocking_write_and_flush(text(chance).as_bytes()).is_ok(),
        4 => stream.flush().is_ok(),
        5 => stream.blocking_flush().is_ok(),
        _ => stream.subscribe().ready(),
    }
}

fn output_at_the_edge(chance: &mut Chance) -> bool {
    let stream = stdout::get_stdout();
    match chance.below(5) {
        0 => stream.write_zeroes(number(chance)).is_ok(),
        1 => stream.blocking_write_zeroes_and_flush(number(chance)).is_ok(),
        2 => stream.splice(&stdin::get_stdin(), number(chance)).is_ok(),
        3 => stream
            .blocking_splice(&stdin::get_stdin(), number(chance))
            .is_ok(),
        _ => {
            stdin::get_stdin().skip(number(chance)).is_ok()
                || stdin::get_stdin().blocking_skip(number(chance)).is_ok()
        }
    }
}

/// Nothing that can be waited for takes time.
fn wait(chance: &mut Chance) -> bool {
    let pollable = |chance: &mut Chance| match chance.below(2) {
        0 => monotonic_clock::subscribe_duration(number(chance)),
        _ => monotonic_clock::subscribe_instant(number(chance)),
    };
    let pollables: Vec<Pollable> = (0..1 + chance.below(50)).map(|_| pollable(chance)).collect();
    pollables[0].block();
    pollables[0].ready() && poll(&pollables.iter().collect::<Vec<_>>()).len() == pollables.len()
}

fn network(chance: &mut Chance) -> bool {
    let family = if chance.one_in(2) {
        IpAddressFamily::Ipv4
    } else {
        IpAddressFamily::Ipv6
    };
    match chance.below(2) {
        0 => tcp_create_socket::create_tcp_socket(family).is_ok(),
        _ => udp_create_socket::create_udp_socket(family).is_ok(),
    }
}

fn name_lookup(chance: &mut Chance) -> bool {
    let network = instance_network::instance_network();
    ip_name_lookup::resolve_addresses(&network, &text(chance)).is_ok()
}
