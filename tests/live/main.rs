//! Tests against external programs: QEMU, the clients of spice-gtk, tshark, and the headers of
//! libspice-protocol-dev.
//!
//! A test whose program is missing is reported as ignored. It fails if the environment variable
//! `SPICE_LIVE_TESTS` is `required`. `packages.txt` lists the Debian packages. All programs listen on
//! free ports of 127.0.0.1 only, and end with the test that started them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod agent;
mod agent_client;
mod async_examples;
mod boot;
mod capture;
mod console;
mod constants;
mod decode;
mod dissector;
mod examples;
mod pages;
mod process;
mod programs;
mod proxy;
mod qemu;
mod real_client;
#[path = "../link/recorded_traffic.rs"]
mod recorded_traffic;
mod replay;
mod screen;
mod server_rules;
mod spy;
mod spy_reports;
mod temp_dir;
mod test_client;
mod test_server;
mod tools_page;

use std::process::ExitCode;

fn main() -> ExitCode {
    programs::run(programs::tests! {
        agent {
            agent_announces_capabilities_and_applies_the_monitor_layout,
            clipboard_passes_in_both_directions_in_the_serial_dialect,
            clipboard_passes_in_both_directions_in_the_selection_dialect,
            clipboard_passes_in_both_directions_without_selections,
            clipboard_passes_in_both_directions_in_the_plain_dialect,
            primary_selection_passes_in_both_directions,
            files_are_transferred,
            agent_hears_that_the_client_disconnects_and_answers_the_next_one,
        }
        agent_client {
            spicy_announces_capabilities_and_sends_the_size_of_its_window,
            spicy_pastes_and_copies_text,
            spy_prints_agent_messages,
        }
        async_examples {
            page_quotes_the_async_examples,
            async_client_reads_the_display_and_the_monitor_of_qemu,
            tls_client_reads_a_display_of_qemu_over_tls,
            port_server_passes_lines_between_clients_and_ends_clean,
            port_server_refuses_a_wrong_password,
        }
        capture {
            tshark_names_the_messages_of_our_own_client,
        }
        console {
            monitor_answers_without_a_password,
            monitor_answers_only_with_the_right_password,
            ports_are_listed,
            console_ends_with_the_server,
            missing_server_is_an_error,
            events_of_a_port_are_printed,
            console_ends_after_its_input_when_the_port_is_silent,
            refused_channel_is_an_error,
        }
        constants {
            constants_of_the_protocol_are_equal,
            constants_of_the_link_stage_are_equal,
            constants_of_the_agent_are_equal,
            generated_header_has_the_tokens_of_the_published_one,
        }
        pages {
            pages_quote_the_examples,
            hello_client_reads_hello_server,
            hello_client_reads_qemu,
            hello_server_serves_a_client_of_spice_gtk,
        }
        proxy {
            session_with_mini_headers_and_images,
            session_with_full_headers_and_video,
            screenshots_through_the_proxy_are_equal,
        }
        real_client {
            client_reads_mini_headers,
            client_reads_full_headers_with_sub_messages,
            client_links_without_any_capabilities,
            client_with_a_wrong_password_is_refused,
        }
        replay {
            tshark_reads_recorded_messages_with_mini_headers,
            tshark_reads_recorded_messages_with_full_headers,
        }
        server_rules {
            our_server_judges_link_messages_as_qemu_does,
            refusals_equal_those_of_qemu,
            limit_of_scancodes_is_that_of_qemu,
        }
        spy_reports {
            undecodable_messages_are_reported_and_forwarded,
            differences_are_reported_with_their_field,
            sub_messages_are_printed_and_invalid_lists_forwarded,
            message_above_the_limit_is_forwarded_unread,
            stream_that_is_not_spice_is_forwarded_unread,
        }
        tools_page {
            readme_of_the_tools_shows_what_they_print,
            readme_shows_what_the_programs_print,
            options_of_the_proxy_on_the_page_exist,
            ellipsis_stands_for_any_text,
        }
    })
}
