//! Every error code is provoked by a test, with real guests, a real runtime or the command line.

use crate::codes::listed;
use crate::tree::{expect_none, read};

/// For each code: where the test is that provokes it, and what it is called.
const PROVOKED: [(&str, &str, &str); 33] = [
    (
        "internal",
        "tests/runtime/events.rs",
        "an_observer_that_panics_ends_its_run_and_nothing_else",
    ),
    (
        "denied",
        "tests/runtime/binding.rs",
        "a_caller_binds_at_home_and_nowhere_else",
    ),
    (
        "invalid-input",
        "tests/runtime/binding.rs",
        "what_the_driver_refuses_is_not_bound",
    ),
    (
        "invalid-path",
        "tests/runtime/input.rs",
        "a_path_that_is_none_is_refused_wherever_it_is_given",
    ),
    (
        "invalid-name",
        "tests/runtime/binding.rs",
        "owner_and_controllers_are_callers",
    ),
    (
        "not-found",
        "tests/runtime/callable.rs",
        "a_component_that_is_called_is_not_in_service",
    ),
    (
        "unbound",
        "tests/runtime/binding.rs",
        "a_path_is_resolved_in_its_own_context_only",
    ),
    (
        "already-bound",
        "tests/runtime/binding.rs",
        "nobody_binds_on_above_or_below_what_somebody_else_controls",
    ),
    (
        "unsupported",
        "tests/runtime/callable.rs",
        "a_function_of_resources_is_refused_and_says_so",
    ),
    (
        "insufficient-funds",
        "tests/runtime/overlap.rs",
        "the_second_attempt_meets_what_the_first_did_not",
    ),
    ("unit-mismatch", "tests/runtime/transfer.rs", "units_do_not_mix"),
    (
        "overflow",
        "tests/runtime/transfer.rs",
        "a_balance_does_not_wrap_around",
    ),
    (
        "rejected",
        "tests/runtime/binding.rs",
        "a_binding_stays_while_money_is_left_below_it",
    ),
    (
        "different-drivers",
        "tests/runtime/transfer.rs",
        "a_transfer_between_two_drivers_is_refused_and_names_both",
    ),
    // wasmtime refuses a program's wrong number by itself, with a trap: this is what stands behind it.
    (
        "bad-descriptor",
        "tests/runtime/descriptors.rs",
        "the_host_s_own_table_knows_what_it_gave_out",
    ),
    (
        "trap",
        "tests/runtime/descriptors.rs",
        "a_descriptor_that_is_released_twice_fails_the_run",
    ),
    (
        "deadline-exceeded",
        "tests/runtime/given_up.rs",
        "what_still_waits_for_a_thread_at_the_deadline_is_never_done",
    ),
    (
        "limit-exceeded",
        "tests/runtime/call_limits.rs",
        "a_limit_of_a_call_is_named_with_its_value",
    ),
    (
        "conflict",
        "tests/runtime/overlap.rs",
        "a_run_that_meets_a_conflict_each_time_gives_up",
    ),
    (
        "cancelled",
        "tests/runtime/given_up.rs",
        "a_call_that_is_given_up_is_told_of",
    ),
    (
        "id-reused",
        "examples/payments/tests/booking.rs",
        "an_id_is_not_used_for_another_message",
    ),
    (
        "id-expired",
        "tests/runtime/ids.rs",
        "an_id_that_is_too_old_or_ahead_is_refused_before_anything_runs",
    ),
    (
        "outcome-unknown",
        "tests/runtime/unknown.rs",
        "who_cannot_find_out_says_so_and_the_same_id_settles_it",
    ),
    (
        "effect-in-run",
        "tests/runtime/http.rs",
        "a_run_has_no_effect_on_a_server",
    ),
    (
        "invalid-component",
        "tests/runtime/call_limits.rs",
        "a_text_form_that_is_none_says_where",
    ),
    (
        "wrong-world",
        "tests/runtime/load.rs",
        "a_component_with_the_wrong_world_is_refused_export_by_export",
    ),
    (
        "undeclared-capability",
        "tests/runtime/load.rs",
        "what_a_component_imports_it_declares",
    ),
    (
        "ungranted-capability",
        "tests/runtime/capabilities.rs",
        "a_driver_works_in_the_contexts_that_grant_it_what_it_declares",
    ),
    (
        "invalid-config",
        "tests/runtime/ids.rs",
        "answers_cannot_be_kept_for_ever",
    ),
    (
        "storage-unavailable",
        "tests/runtime/state.rs",
        "a_folder_that_is_a_file_is_refused",
    ),
    (
        "storage-full",
        "runtime/platform/src/storage/sqlite/writer/tests.rs",
        "a_commit_that_is_too_big_for_the_disk_leaves_the_others_of_its_group",
    ),
    (
        "storage-corrupt",
        "tests/runtime/state.rs",
        "a_file_that_is_damaged_or_somebody_elses_is_refused_and_left_alone",
    ),
    (
        "busy",
        "tests/runtime/limits.rs",
        "a_run_without_a_place_is_told_so_and_nothing_was_attempted",
    ),
];

#[test]
fn every_code_is_provoked_by_a_test() {
    let mut offences = Vec::new();
    let codes = listed("runtime/core/src/code.rs");
    let named: Vec<&str> = codes.iter().map(|(_, code)| code.as_str()).collect();
    assert_eq!(PROVOKED.map(|(code, ..)| code).to_vec(), named);
    for ((variant, code), (_, file, test)) in codes.iter().zip(PROVOKED) {
        let text = read(file);
        let Some((before, after)) = text.split_once(&format!("#[test]\nfn {test}() {{")) else {
            offences.push(format!("{code}: {file} has no test {test}"));
            continue;
        };
        // One that is left out somewhere, or everywhere unless asked for, provokes nothing there.
        let mut attributes = before.lines().rev().take_while(|line| line.starts_with("#["));
        if attributes.any(|line| line.contains("cfg") || line.contains("ignore")) {
            offences.push(format!("{code}: {test} is not always made"));
        }
        let (body, _) = after.split_once("\n}\n").unwrap();
        // By its variant, which may be the beginning of another one's name.
        let variant = format!("Code::{variant}");
        let mut found = body.match_indices(&variant);
        if !found.any(|(at, _)| !body[at + variant.len()..].starts_with(char::is_alphanumeric)) {
            offences.push(format!("{code}: {test} does not expect it"));
        }
    }
    expect_none("codes that no test is known to provoke", &offences);
}
