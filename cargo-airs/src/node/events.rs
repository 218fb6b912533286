//! What happens in a runtime, as the tool tells it.

use airs_runtime::Event;

use crate::code;
use crate::message::Message;
use crate::report::Report;

pub(crate) fn tell(event: &Event<'_>, report: &Report) {
    match event {
        Event::Log {
            component,
            run,
            attempt,
            line,
            ..
        } => report.say(&Message::Log {
            component: component.as_str(),
            run,
            attempt: *attempt,
            line,
        }),
        Event::Migrated {
            context,
            driver,
            from,
            to,
            ..
        } => report.say(&Message::DriverMigrated {
            context: context.as_str(),
            driver: driver.as_str(),
            from: *from,
            to: *to,
        }),
        Event::OwnerAwaited { context, run } => report.say(&Message::OwnerAwaited {
            context: context.as_str(),
            run,
        }),
        Event::RecordFault { message, .. } => report.warn(message),
        _ => {}
    }
    code::log(event, report);
}

/// The same where it is in the way of what is done: what components log is for those who ask for more.
pub(super) fn tell_who_asks(event: &Event<'_>, report: &Report) {
    if let Event::Log { component, line, .. } = event {
        report.detail(&format!("{component}: {line}"));
    }
    code::log(event, report);
}
