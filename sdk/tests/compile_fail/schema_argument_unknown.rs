#[derive(airs::Schema)]
struct Order {
    #[schema(minimum = 1)]
    amount: u32,
}

fn main() {}
