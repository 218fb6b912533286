//! A bank at the command line, see README.md.

use std::error::Error;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::{env, io};

use airs_runtime::{Component, Name, Runtime, State};
use jiff::Timestamp;
use payments::{Bank, Directory, MESSAGE_BYTES_MAX, Refusal};

const USAGE: &str = "usage: payments sample
       payments FOLDER deposit IBAN AMOUNT
       payments FOLDER balance IBAN
       payments FOLDER book CUSTOMER FILE";

const SAMPLE: &str = include_str!("../messages/salaries.xml");
/// When the sample was made, and is to be executed: both become now.
const SAMPLE_CREATED: &str = "2026-11-20T08:15:30Z";
const SAMPLE_DAY: &str = "2026-11-20";

fn main() -> ExitCode {
    match answer() {
        Ok(answer) if writeln!(io::stdout(), "{}", answer.trim_end()).is_ok() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            // Nobody is left to tell when these fail, too.
            let _ = writeln!(io::stderr(), "refused: {error}");
            if let Some(hint) = hint(error.as_ref()) {
                let _ = writeln!(io::stderr(), "help: {hint}");
            }
            ExitCode::FAILURE
        }
    }
}

fn answer() -> Result<String, Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["sample"] => Ok(sample(Timestamp::now())),
        [folder, "deposit", iban, amount] => {
            let (bank, iban) = (open(folder)?, iban.parse()?);
            bank.deposit(&iban, amount)?;
            Ok(bank.balance(&iban)?.to_string())
        }
        [folder, "balance", iban] => Ok(open(folder)?.balance(&iban.parse()?)?.to_string()),
        [folder, "book", customer, file] => {
            let booked = open(folder)?.book(&customer.parse()?, &message(file)?)?;
            let when = if booked.before { "booked before" } else { "booked" };
            Ok(format!(
                "{when}: {} transactions in run {}",
                booked.transactions, booked.run
            ))
        }
        _ => Err(USAGE.into()),
    }
}

/// The bank in a folder: its accounts, its components, its state.
fn open(folder: &str) -> Result<Bank, Box<dyn Error>> {
    let folder = Path::new(folder);
    let accounts = folder.join("accounts.json");
    let directory = Directory::parse(&std::fs::read_to_string(&accounts).map_err(unread(&accounts))?)?;
    let components: airs_runtime::Result<Vec<Component>> = ["ledger", "register", "batch"]
        .iter()
        .map(|name| Ok(Component::open(&folder.join(format!("{name}.wasm")))?))
        .collect();
    let builder = Runtime::builder().state(State::folder(folder.join("state")));
    let runtime = Bank::start(builder, components?)?;
    Ok(Bank::open(&runtime, Name::local(), directory)?)
}

/// A message, or as much of it as shows that it is too long.
fn message(file: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut message = Vec::new();
    File::open(file)
        .and_then(|file| file.take(MESSAGE_BYTES_MAX as u64 + 1).read_to_end(&mut message))
        .map_err(unread(Path::new(file)))?;
    Ok(message)
}

fn unread(file: &Path) -> impl Fn(io::Error) -> String {
    move |error| format!("{} cannot be read: {error}", file.display())
}

/// What could be done about an error.
fn hint<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a str> {
    match error.downcast_ref::<Refusal>() {
        Some(refusal) => refusal.hint(),
        None => error.downcast_ref::<airs_runtime::Error>()?.hint_text(),
    }
}

fn sample(now: Timestamp) -> String {
    let created = format!("{now:.0}");
    let day = created.get(..SAMPLE_DAY.len()).unwrap_or_default();
    SAMPLE.replace(SAMPLE_CREATED, &created).replace(SAMPLE_DAY, day)
}
