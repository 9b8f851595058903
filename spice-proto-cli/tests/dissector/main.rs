//! The subcommand `dissector`. `tshark` runs the dissector on captures that the tests make; its fields are
//! compared with those of the interpreter.
//!
//! A test that needs `tshark` is reported as ignored if it is not installed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod capture;
mod command;
mod fields;
mod generated;
mod hostile;
mod own_protos;
mod page;
mod pdml;
#[path = "../../../tests/dynamic/prng.rs"]
#[allow(dead_code)]
mod prng;
#[path = "../../../tests/live/programs.rs"]
#[allow(dead_code)]
mod programs;
mod random_access;
mod recorded;
mod rows;
mod streams;
mod tshark;

use std::process::ExitCode;

fn main() -> ExitCode {
    programs::run(programs::tests! {
        command {
            tables_describe_the_proto,
            runtime_does_not_depend_on_the_proto,
            link_stage_has_the_names_of_the_proto,
            file_is_written_and_errors_have_their_status,
            test_without_its_program_is_reported_as_ignored,
        }
        hostile {
            damaged_streams_cause_no_lua_error,
            message_with_too_many_fields_is_cut_off,
            message_size_beyond_the_limit_loses_the_position_until_a_message_is_found,
            proto_with_exponentially_many_fields_has_a_limit,
        }
        own_protos {
            random_bodies_of_the_conformance_protos_have_the_fields_of_the_interpreter,
        }
        page {
            commands_of_the_page_print_what_it_shows,
        }
        random_access {
            packets_in_any_order_have_the_same_messages,
        }
        recorded {
            recorded_messages_have_the_fields_of_the_interpreter,
            reference_messages_have_the_fields_of_the_interpreter,
            altered_messages_have_the_fields_or_the_error_of_the_interpreter,
        }
        streams {
            link_stage_is_shown_by_name,
            refused_connection_is_shown,
            sasl_exchange_is_passed,
            sub_messages_are_shown_before_their_message,
            invalid_list_of_sub_messages_is_reported,
            connections_have_their_own_channel_and_header,
            segments_of_any_size_are_reassembled_in_both_passes,
            repeated_and_reordered_segments_are_put_in_order,
            messages_after_lost_segments_are_shown,
            messages_are_found_without_reassembly,
            connection_without_link_stage_is_not_decoded,
            unknown_message_keeps_its_bytes,
            filters_find_fields_and_values_by_name,
        }
    })
}
