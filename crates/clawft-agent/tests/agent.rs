//! What the agent answers to configurations, messages and responses.

use clawft_agent::{Agent, Isolated, Platform, Session};
use serde_json::{Value, json};

/// A world with a model in its environment and one file.
struct World;

impl Platform for World {
    fn variable(&self, name: &str) -> Option<String> {
        (name == "CLAWFT_MODEL").then(|| "from-environment".to_owned())
    }

    fn read(&self, path: &str) -> Option<String> {
        (path == "prompt.txt").then(|| "From a file.".to_owned())
    }
}

fn agent(config: Value) -> Agent {
    Agent::new(&config.to_string(), &Isolated).expect("a valid configuration")
}

/// The answer as JSON, or the error as a string.
fn answer(agent: &Agent, input: &str) -> Value {
    match agent.process_message(input) {
        Ok(answer) => serde_json::from_str(&answer).expect("the agent answers in JSON"),
        Err(error) => Value::String(error.to_string()),
    }
}

/// A message; its number gives it id and time.
fn message(number: u8, role: &str, content: &str) -> Value {
    json!({
        "id": format!("00000000-0000-4000-8000-0000000000{number:02}"),
        "role": role,
        "content": content,
        "timestamp": format!("2026-01-02T03:04:{number:02}Z"),
    })
}

fn with(mut message: Value, field: &str, value: Value) -> Value {
    message[field] = value;
    message
}

fn call(id: &str) -> Value {
    json!({ "id": id, "type": "function", "function": { "name": "clock", "arguments": "{}" } })
}

fn asks(number: u8, ids: &[&str]) -> Value {
    let calls = ids.iter().map(|id| call(id)).collect();
    with(message(number, "assistant", ""), "tool_calls", calls)
}

fn result_of(number: u8, id: &str) -> Value {
    with(message(number, "tool", "noon"), "tool_call_id", id.into())
}

#[test]
fn configurations_are_judged() {
    let tool = json!({ "type": "function", "function": { "name": "f", "description": "", "parameters": {} } });
    let cases = [
        (
            json!({}),
            "no model: set model, or CLAWFT_MODEL in the environment",
        ),
        (
            json!({ "model": "" }),
            "no model: set model, or CLAWFT_MODEL in the environment",
        ),
        (
            json!({ "model": "m", "modell": 1 }),
            "unknown field `modell`, expected one of",
        ),
        (
            json!({ "model": 1 }),
            "invalid type: integer `1`, expected a string",
        ),
        (
            json!({ "model": "m", "max_tokens": 0 }),
            "max_tokens is 0: a reply needs at least 1",
        ),
        (
            json!({ "model": "m", "max_tokens": -1 }),
            "invalid value: integer `-1`, expected u32",
        ),
        (
            json!({ "model": "m", "temperature": 2.5 }),
            "temperature is not within 0 to 2",
        ),
        (
            json!({ "model": "m", "system_prompt": "" }),
            "the system prompt is empty: leave it out",
        ),
        (
            json!({ "model": "m", "system_prompt": "a", "system_prompt_file": "b" }),
            "both system_prompt and system_prompt_file: remove one",
        ),
        (
            json!({ "model": "m", "system_prompt_file": "/etc/prompt" }),
            "system_prompt_file \"/etc/prompt\" is not there, not UTF-8 or not ours to read",
        ),
        (
            json!({ "model": "m", "tools": [tool, tool] }),
            "two tools have the name \"f\"",
        ),
        (
            json!({ "model": "m", "context_tokens": 100, "max_tokens": 100 }),
            "context_tokens 100 leaves nothing for messages: the reply (max_tokens) and the tools take 100",
        ),
    ];
    for (config, expected) in cases {
        let error =
            Agent::new(&config.to_string(), &Isolated).expect_err("an invalid configuration");
        let found = error.to_string();
        assert!(
            found.starts_with(&format!("configuration: {expected}")),
            "{config}: {found}"
        );
    }
}

#[test]
fn tools_take_their_part_of_the_window() {
    let tool = json!({ "type": "function", "function": { "name": "f", "description": "", "parameters": {} } });
    // The tool's JSON has 76 bytes: 19 tokens of 4. With the reply's 10 that leaves 0 or 1.
    for (context_tokens, fits) in [(29, false), (30, true)] {
        let config = json!({ "model": "m", "tools": [tool], "context_tokens": context_tokens, "max_tokens": 10 });
        let made = Agent::new(&config.to_string(), &Isolated);
        assert_eq!(made.is_ok(), fits, "{context_tokens}: {made:?}");
    }
}

#[test]
fn the_platform_completes_a_configuration() {
    let agent = Agent::new(r#"{"system_prompt_file":"prompt.txt"}"#, &World).expect("complete");
    let expected = json!({
        "model": "from-environment",
        "messages": [
            { "role": "system", "content": "From a file." },
            { "role": "user", "content": "Hello" },
        ],
        "max_tokens": 1024,
    });
    assert_eq!(answer(&agent, "Hello"), expected);
}

#[test]
fn a_request_has_what_the_configuration_says() {
    let tool = json!({
        "type": "function",
        "function": { "name": "clock", "description": "The time", "parameters": { "type": "object", "a": [1, 2.5, null] } },
    });
    let agent = agent(json!({
        "model": "m", "system_prompt": "Be brief.", "temperature": 0.5, "max_tokens": 9, "tools": [tool],
    }));
    let conversation =
        json!({ "messages": [message(1, "user", "Time?"), asks(2, &["a"]), result_of(3, "a")] });
    let expected = json!({
        "model": "m",
        "messages": [
            { "role": "system", "content": "Be brief." },
            { "role": "user", "content": "Time?" },
            { "role": "assistant", "content": "", "tool_calls": [call("a")] },
            { "role": "tool", "content": "noon", "tool_call_id": "a" },
        ],
        "max_tokens": 9,
        "temperature": 0.5,
        "tools": [tool],
    });
    assert_eq!(answer(&agent, &conversation.to_string()), expected);
}

#[test]
fn a_conversation_brings_its_own_system_message() {
    let agent = agent(json!({ "model": "m", "system_prompt": "Ours." }));
    let conversation =
        json!({ "messages": [message(1, "system", "Theirs."), message(2, "user", "Hi")] });
    let expected = json!([
        { "role": "system", "content": "Theirs." },
        { "role": "user", "content": "Hi" },
    ]);
    assert_eq!(
        answer(&agent, &conversation.to_string())["messages"],
        expected
    );
}

#[test]
fn the_oldest_messages_go_first() {
    // Each message takes 4 tokens and 1 for its 4 bytes: room for four, the reply takes the rest.
    let agent = agent(json!({ "model": "m", "context_tokens": 21, "max_tokens": 1 }));
    let messages: Vec<Value> = (1..=6)
        .map(|number| {
            message(
                number,
                ["user", "assistant"][usize::from(number + 1) % 2],
                &format!("{number:04}"),
            )
        })
        .chain([message(7, "system", "sys!"), message(8, "user", "last")])
        .collect();
    let request = answer(&agent, &json!({ "messages": messages }).to_string());
    let contents: Vec<&str> = request["messages"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|message| message["content"].as_str())
        .collect();
    assert_eq!(contents, ["0005", "0006", "sys!", "last"]);
}

#[test]
fn what_may_not_go_must_fit() {
    let agent = agent(json!({ "model": "m", "context_tokens": 20, "max_tokens": 10 }));
    assert_eq!(
        answer(&agent, &"x".repeat(25)),
        "the system message and the latest exchange need 11 tokens, the context window has room for 10: \
         raise context_tokens or shorten the message"
    );
    assert_eq!(answer(&agent, &"x".repeat(24))["model"], "m");
}

#[test]
fn conversations_are_validated() {
    let user = || message(1, "user", "Hi");
    let cases = [
        (json!([]), "input: the conversation has no messages"),
        (
            json!([user(), message(2, "assistant", "Hello")]),
            "input: the last message must be a user's or a tool's: there is nothing to answer",
        ),
        (
            json!([message(1, "system", "Be brief.")]),
            "input: the last message must be a user's or a tool's: there is nothing to answer",
        ),
        (
            json!([user(), message(1, "user", "Hi")]),
            "message 1 (00000000-0000-4000-8000-000000000001): its id was used before, by message 0",
        ),
        (
            json!([message(2, "user", "Hi"), user()]),
            "message 1 (00000000-0000-4000-8000-000000000001): its timestamp is earlier than that of the message before it",
        ),
        (
            json!([message(1, "user", "")]),
            "message 0 (00000000-0000-4000-8000-000000000001): its content is empty",
        ),
        (
            json!([message(1, "assistant", ""), message(2, "user", "Hi")]),
            "message 0 (00000000-0000-4000-8000-000000000001): its content is empty",
        ),
        (
            json!([with(user(), "tool_calls", json!([call("a")]))]),
            "message 0 (00000000-0000-4000-8000-000000000001): only an assistant's message may hold tool_calls",
        ),
        (
            json!([with(user(), "tool_call_id", "a".into())]),
            "message 0 (00000000-0000-4000-8000-000000000001): only a tool's message may hold tool_call_id",
        ),
        (
            json!([message(1, "tool", "noon")]),
            "message 0 (00000000-0000-4000-8000-000000000001): a tool's message needs tool_call_id",
        ),
        (
            json!([user(), asks(2, &["a", "a"])]),
            "message 1 (00000000-0000-4000-8000-000000000002): two of its tool_calls have the id \"a\"",
        ),
        (
            json!([user(), asks(2, &["a"]), result_of(3, "b")]),
            "message 2 (00000000-0000-4000-8000-000000000003): no unanswered tool call before it has the id \"b\"",
        ),
        (
            json!([
                user(),
                asks(2, &["a"]),
                result_of(3, "a"),
                result_of(4, "a")
            ]),
            "message 3 (00000000-0000-4000-8000-000000000004): no unanswered tool call before it has the id \"a\"",
        ),
        (
            json!([
                user(),
                asks(2, &["a", "b"]),
                result_of(3, "a"),
                message(4, "user", "And?")
            ]),
            "message 3 (00000000-0000-4000-8000-000000000004): it comes before the result of tool call \"b\"",
        ),
        (
            json!([user(), asks(2, &["a", "b"]), result_of(3, "b")]),
            "input: a tool call of the last exchange has no result",
        ),
        (
            json!([with(user(), "mood", "good".into())]),
            "input: unknown field `mood`, expected one of `id`, `role`, `content`, `timestamp`, `tool_calls`, \
             `tool_call_id` at line 1 column ",
        ),
        (
            json!([with(user(), "timestamp", "2026-01-02 03:04".into())]),
            "input: timestamp \"2026-01-02 03:04\": premature end of input at line 1 column ",
        ),
        (
            json!([with(user(), "timestamp", 5.into())]),
            "input: invalid type: integer `5`, expected a string at line 1 column ",
        ),
        (
            json!([with(user(), "role", "human".into())]),
            "input: unknown variant `human`, expected one of `system`, `user`, `assistant`, `tool` at line 1 column ",
        ),
        (
            json!([with(user(), "id", "1".into())]),
            "input: UUID parsing failed: invalid length: found 1 at line 1 column ",
        ),
    ];
    let agent = agent(json!({ "model": "m" }));
    for (messages, expected) in cases {
        let found = answer(&agent, &json!({ "messages": messages }).to_string());
        let found = found.as_str().unwrap_or("no error");
        assert!(
            found.starts_with(expected),
            "{messages}\nfound    {found}\nexpected {expected}"
        );
        // Only what serde reports has a place after the expected text.
        assert!(expected.ends_with(' ') || found == expected, "{found}");
    }
}

#[test]
fn inputs_are_told_apart() {
    let agent = agent(json!({ "model": "m" }));
    let one_of = "input: expected exactly one of messages (a conversation), choices (a provider's response) and error";
    let cases = [
        ("", "input: the message is empty"),
        (" \n\t", "input: the message is empty"),
        ("{}", one_of),
        (r#"{"messages":[],"choices":[]}"#, one_of),
        (r#"{"messages":null}"#, one_of),
        ("{", "input: EOF while parsing an object at line 1 column 1"),
        (
            "  {\"messages\": [1]} x",
            "input: trailing characters at line 1 column 21",
        ),
        (
            r#"{"messages":[],"messages":[]}"#,
            "input: duplicate field `messages` at line 1 column 25",
        ),
        (
            r#"{"error":{"message":"over quota","type":"limit"}}"#,
            "provider: over quota",
        ),
        (
            r#"{"error":"down"}"#,
            "input: invalid type: string \"down\", expected struct ProviderFailureBody at line 1 column 15",
        ),
    ];
    for (input, expected) in cases {
        assert_eq!(answer(&agent, input), expected, "{input}");
    }
    for text in ["Hello", "[1, 2]", "\"quoted\"", " x {} "] {
        assert_eq!(
            answer(&agent, text)["messages"],
            json!([{ "role": "user", "content": text }])
        );
    }
}

/// A provider's response with this message.
fn response(message: Value) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_767_323_045, "model": "m",
        "choices": [{ "index": 0, "message": message, "finish_reason": "stop" }],
        "usage": { "total_tokens": 3 }, "error": null,
    })
}

#[test]
fn a_response_gives_the_message_to_append() {
    let agent = agent(json!({ "model": "m" }));
    let said = response(json!({ "role": "assistant", "content": "Noon.", "refusal": null }));
    let expected = json!({
        "id": "cf7cfa42-8317-5e75-afa4-59433484496f",
        "role": "assistant",
        "content": "Noon.",
        "timestamp": "2026-01-02T03:04:05Z",
    });
    assert_eq!(answer(&agent, &said.to_string()), expected);

    let asked =
        response(json!({ "role": "assistant", "content": null, "tool_calls": [call("a")] }));
    let reply = answer(&agent, &asked.to_string());
    assert_eq!(
        (&reply["content"], &reply["tool_calls"]),
        (&json!(""), &json!([call("a")]))
    );
    let conversation =
        json!({ "messages": [message(1, "user", "Time?"), reply, result_of(6, "a")] });
    let request = answer(&agent, &conversation.to_string());
    assert_eq!(
        request["messages"].as_array().map(Vec::len),
        Some(3),
        "{request}"
    );
}

#[test]
fn responses_are_validated() {
    let good = response(json!({ "role": "assistant", "content": "Noon." }));
    let cases = [
        (
            with(good.clone(), "choices", json!([])),
            "provider: expected exactly one choice",
        ),
        (
            with(
                good.clone(),
                "choices",
                json!([good["choices"][0], good["choices"][0]]),
            ),
            "provider: expected exactly one choice",
        ),
        (
            response(json!({ "role": "user", "content": "Noon." })),
            "provider: the reply's role is not assistant",
        ),
        (
            response(json!({ "role": "assistant", "content": null })),
            "provider: the reply has neither content nor tool calls",
        ),
        (
            with(good.clone(), "created", json!(253_402_300_800_i64)),
            "provider: created is not within the years 0 to 9999",
        ),
        (
            with(good.clone(), "created", json!(i64::MIN)),
            "provider: created is not within the years 0 to 9999",
        ),
        (
            with(good, "id", json!(null)),
            "input: invalid type: null, expected a string at line 1 column ",
        ),
    ];
    let agent = agent(json!({ "model": "m" }));
    for (response, expected) in cases {
        let found = answer(&agent, &response.to_string());
        let found = found.as_str().unwrap_or("no error");
        assert!(
            found.starts_with(expected),
            "{response}\nfound    {found}\nexpected {expected}"
        );
    }
}

#[test]
fn a_session_keeps_its_agent_when_init_fails() {
    let mut session = Session::new();
    let model = |session: &Session| {
        session
            .process_message("Hi")
            .map_err(|error| error.to_string())
    };
    let none = Err("the agent has no configuration: call init first".to_owned());
    assert_eq!(model(&session), none);
    assert!(session.init("{}", &Isolated).is_err());
    assert_eq!(model(&session), none);
    for name in ["first", "second"] {
        let config = json!({ "model": name }).to_string();
        session
            .init(&config, &Isolated)
            .expect("a valid configuration");
        assert!(session.init("{", &Isolated).is_err());
        assert!(model(&session).is_ok_and(|request| request.contains(name)));
    }
}
