//! Agent messages inside of main's `agent_data`.

use std::fs;

use serde_json::Value;

use super::command::{Ran, decode, run, run_with_input};
use super::process::repository;
use super::recorded::{capture_of, channel, session, unhex};
use super::support::From;

/// Parts of the agent's stream of a recorded session, in order.
fn recorded(session: &str) -> Vec<(From, Vec<u8>)> {
    let path = repository().join("spice-agent/tests/data/recorded.txt");
    let text = fs::read_to_string(path).unwrap();
    let start = format!("session {session}");
    let lines = text.lines().skip_while(|line| *line != start).skip(1);
    let lines = lines.take_while(|line| !line.starts_with("session"));
    let parts = lines.map(|line| {
        let (word, digits) = line.split_once(' ').unwrap();
        let from = match word {
            "guest" => From::Server,
            _ => From::Client,
        };
        // Without the chunk header.
        (from, unhex(digits)[8..].to_vec())
    });
    parts.collect()
}

/// Id of `agent_data`.
fn agent_data(from: From) -> u16 {
    let side = match from {
        From::Server => "server",
        From::Client => "client",
    };
    let ran = run(&[
        "decode",
        "--hex",
        "00",
        "--message",
        &format!("main.{side}.agent_data"),
    ]);
    let row: Value = serde_json::from_str(&ran.stdout).unwrap();
    row["id"].as_u64().unwrap().try_into().unwrap()
}

/// A capture of main with these parts, each cut in two.
fn capture(parts: &[(From, Vec<u8>)], lost: bool) -> Vec<u8> {
    let ids = [From::Server, From::Client].map(agent_data);
    let channel = channel("main");
    let mut session = session(&channel, false, 50_000, true);
    for (from, part) in parts {
        let id = match from {
            From::Server => ids[0],
            From::Client => ids[1],
        };
        let (start, rest) = part.split_at(part.len() / 2);
        session.message(*from, id, start);
        session.message(*from, id, rest);
    }
    session.connection.close();
    let mut connection = session.connection;
    if lost {
        let client = connection.segments.iter().position(|segment| {
            segment.from == From::Client && segment.payload.len() == 6 + parts[0].1.len() / 2
        });
        connection.segments.remove(client.unwrap());
    }
    capture_of(&connection)
}

/// The lines of agent messages.
fn agent_rows(ran: &Ran) -> Vec<Value> {
    let mut rows = ran.rows();
    rows.retain(|row| row.get("agent").is_some());
    rows
}

/// Side, dialect and name of each line.
fn names(rows: &[Value]) -> Vec<String> {
    let names = rows.iter().map(|row| {
        let text = |member: &str| row[member].as_str().unwrap().to_owned();
        format!("{} {} {}", text("side"), text("agent"), text("message"))
    });
    names.collect()
}

#[test]
fn agent_messages_are_put_together_in_each_direction() {
    let parts = recorded("selection_serial");
    let ran = decode(&[], &capture(&parts, false));
    assert_eq!(ran.status, 0, "{}", ran.stdout);
    let rows = agent_rows(&ran);
    let expected = [
        "client plain announce_capabilities",
        "server selection_serial announce_capabilities",
        "client selection_serial announce_capabilities",
        "server selection_serial announce_capabilities",
        "server selection_serial clipboard_grab",
        "client selection_serial clipboard_request",
        "server selection_serial clipboard",
        "client selection_serial clipboard_grab",
    ];
    assert_eq!(names(&rows)[..8], expected);
    assert_eq!(rows.len(), parts.len());
    let grab = &rows[7];
    let fields = r#"{"reserved":0,"selection":0,"serial":1,"types":[1]}"#;
    assert_eq!(grab["fields"].to_string(), fields);
    assert_eq!((&grab["channel"], &grab["id"]), (&"main".into(), &7.into()));
    // Statistics count the messages of SPICE only.
    let stats = decode(&["--stats"], &capture(&parts, false));
    assert!(!stats.stdout.contains("clipboard"), "{}", stats.stdout);
    assert!(stats.stdout.contains("agent_data"), "{}", stats.stdout);
}

#[test]
fn dialect_follows_from_the_capabilities() {
    for session in ["plain", "plain_serial", "selection"] {
        let ran = decode(&["--table"], &capture(&recorded(session), false));
        assert_eq!(ran.status, 0, "{}", ran.stdout);
        let grabs = ran
            .stdout
            .lines()
            .filter(|line| line.contains("agent.clipboard_grab"));
        for grab in grabs {
            let has = |field: &str| grab.contains(field);
            assert_eq!(has("selection:"), session == "selection", "{grab}");
            assert_eq!(has("serial:"), session == "plain_serial", "{grab}");
            assert!(has("types:[UTF8_TEXT]"), "{grab}");
        }
    }
}

#[test]
fn selection_of_other_messages_hides_agent_messages_and_keeps_the_dialect() {
    let bytes = capture(&recorded("selection"), false);
    let ran = decode(&["--message", "main.server.agent_data"], &bytes);
    let rows = agent_rows(&ran);
    assert!(rows.iter().all(|row| row["side"] == "server"));
    assert!(names(&rows).contains(&"server selection clipboard_grab".to_owned()));
    let ran = decode(&["--message", "init"], &bytes);
    assert_eq!(agent_rows(&ran).len(), 0);
}

#[test]
fn stream_goes_on_after_lost_bytes() {
    let parts = recorded("files");
    let ran = decode(&[], &capture(&parts, true));
    assert_eq!(ran.status, 1);
    let rows = agent_rows(&ran);
    assert!(
        (parts.len() - 3..parts.len()).contains(&rows.len()),
        "{}",
        ran.stdout
    );
    assert!(rows.iter().all(|row| row.get("fields").is_some()));
}

#[test]
fn invalid_stream_is_reported() {
    let parts = [(From::Server, vec![9; 60])];
    let ran = decode(&[], &capture(&parts, false));
    assert_eq!(ran.status, 1);
    let events = ran.events();
    let event = events
        .iter()
        .find(|event| event["event"] == "invalid_agent_stream");
    let reason = &event.unwrap()["reason"];
    let text = "the agent message at byte 0 has protocol version 151587081, not 1";
    assert_eq!(reason, text);

    // An agent message that does not decode: a reply of two bytes.
    let mut reply = vec![1, 0, 0, 0, 3];
    reply.extend([0; 11]);
    reply.extend([2, 0, 0, 0, 9, 9]);
    let ran = decode(&[], &capture(&[(From::Server, reply)], false));
    assert_eq!(ran.status, 1);
    assert_eq!(agent_rows(&ran)[0]["error"]["field"], "type");
}

#[test]
fn encode_skips_agent_messages() {
    let ran = decode(&[], &capture(&recorded("spicy"), false));
    assert!(agent_rows(&ran).len() > 7);
    let encoded = run_with_input(&["encode"], ran.stdout.as_bytes());
    assert_eq!((encoded.status, &*encoded.stderr), (0, ""));
    let bodies = encoded.stdout.lines().count();
    assert_eq!(bodies, ran.messages().len() - agent_rows(&ran).len());
}
