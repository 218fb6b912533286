//! A program that pays several accounts at once, or looks at all of them at once.

use airs::{Amount, Result, Rights, val};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, airs::Schema)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum Task {
    /// Pays from the caller's dollars.
    Pay { to: Vec<Payment> },
    /// Looks at the dollars of the holders from 0 on.
    Count { holders: u32 },
}

#[derive(Deserialize, airs::Schema)]
struct Payment {
    holder: u32,
    amount: Amount,
}

#[derive(Serialize, airs::Schema)]
struct Told {
    /// What the caller has left, or what each holder has.
    balances: Vec<Amount>,
}

fn account(holder: u32) -> String {
    format!("/accounts/holder-{holder}/usd")
}

/// Does the task.
#[airs::program]
fn tell(task: Task) -> Result<Told> {
    let mut balances = Vec::new();
    match task {
        Task::Pay { to } => {
            let own = val::intend("~/usd", Rights::VIEW | Rights::DEBIT)?;
            for Payment { holder, amount } in to {
                let account = val::intend(&account(holder), Rights::CREDIT)?;
                let _final = own.transfer(&account, amount)?;
            }
            balances.push(own.view()?.amount()?);
        }
        Task::Count { holders } => {
            for holder in 0..holders {
                balances.push(val::intend(&account(holder), Rights::VIEW)?.view()?.amount()?);
            }
        }
    }
    Ok(Told { balances })
}
