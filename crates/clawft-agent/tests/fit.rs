//! Fitting a conversation into the context window, against what it promises.

use clawft_agent::{AgentError, estimated_tokens, fit};
use clawft_types::{FunctionCall, RequestMessage, Role, ToolCall, ToolKind};
use proptest::prelude::*;

/// An owned message, made up by proptest.
#[derive(Debug, Clone)]
struct Made {
    role: Role,
    content: String,
    tool_calls: Vec<ToolCall>,
    tool_call_id: Option<String>,
}

impl Made {
    fn new(role: Role, content: String) -> Self {
        Self {
            role,
            content,
            tool_calls: Vec::new(),
            tool_call_id: None,
        }
    }

    fn borrowed(&self) -> RequestMessage<'_> {
        RequestMessage {
            role: self.role,
            content: &self.content,
            tool_calls: &self.tool_calls,
            tool_call_id: self.tool_call_id.as_deref(),
        }
    }
}

fn call(id: String) -> ToolCall {
    ToolCall {
        id,
        kind: ToolKind::Function,
        function: FunctionCall {
            name: "f".to_owned(),
            arguments: "{}".to_owned(),
        },
    }
}

/// A plain message, or tool calls with their results.
fn exchange() -> impl Strategy<Value = Vec<Made>> {
    let plain = |role| "\\PC{0,40}".prop_map(move |content| vec![Made::new(role, content)]);
    let calls = prop::collection::vec("[a-z]{1,9}", 1..4).prop_map(|results| {
        let ids = 0..results.len();
        let mut asks = Made::new(Role::Assistant, String::new());
        asks.tool_calls = ids.map(|id| call(id.to_string())).collect();
        let answers = results.into_iter().enumerate().map(|(id, content)| Made {
            tool_call_id: Some(id.to_string()),
            ..Made::new(Role::Tool, content)
        });
        std::iter::once(asks).chain(answers).collect()
    });
    prop_oneof![
        plain(Role::User),
        plain(Role::Assistant),
        plain(Role::System),
        calls
    ]
}

/// A valid conversation: the last message is a user's or a tool's.
fn conversation() -> impl Strategy<Value = Vec<Made>> {
    let last = exchange().prop_filter("an answer is wanted", |exchange| {
        exchange
            .last()
            .is_some_and(|message| matches!(message.role, Role::User | Role::Tool))
    });
    (prop::collection::vec(exchange(), 0..12), last).prop_map(|(mut exchanges, last)| {
        exchanges.push(last);
        exchanges.concat()
    })
}

fn tokens(messages: &[RequestMessage<'_>]) -> u64 {
    messages.iter().map(estimated_tokens).sum()
}

/// Every way to drop oldest exchanges, by definition: without system messages, the conversation from each exchange on.
fn all_ways<'a>(messages: &[RequestMessage<'a>]) -> Vec<Vec<RequestMessage<'a>>> {
    let starts_exchange =
        |message: &RequestMessage<'_>| !matches!(message.role, Role::System | Role::Tool);
    (0..messages.len())
        .filter(|start| starts_exchange(&messages[*start]))
        .map(|start| {
            let stays = |(index, message): (usize, &RequestMessage<'a>)| {
                (index >= start || message.role == Role::System).then_some(*message)
            };
            messages.iter().enumerate().filter_map(stays).collect()
        })
        .collect()
}

proptest! {
    /// The result is the first of all ways that fits; when none does, the error tells what the shortest takes.
    #[test]
    fn it_drops_no_more_than_it_must(made in conversation(), room in 0..250_u64) {
        let messages: Vec<_> = made.iter().map(Made::borrowed).collect();
        let ways = all_ways(&messages);
        match fit(messages.clone(), room) {
            Ok(fitted) => {
                let expected = ways.iter().find(|way| tokens(way) <= room);
                prop_assert_eq!(Some(&fitted), expected);
                prop_assert_eq!(fit(fitted.clone(), room).expect("it fits"), fitted);
            }
            Err(AgentError::OverBudget { needed, room: said }) => {
                prop_assert_eq!(said, room);
                prop_assert_eq!(Some(needed), ways.last().map(|way| tokens(way)));
                prop_assert!(needed > room);
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }

    /// Stated by themselves, whatever the ways: system messages stay, and so does the last; calls keep their results.
    #[test]
    fn what_is_left_is_valid(made in conversation(), room in 0..250_u64) {
        let messages: Vec<_> = made.iter().map(Made::borrowed).collect();
        if let Ok(fitted) = fit(messages.clone(), room) {
            let system = |messages: &[RequestMessage<'_>]| -> usize {
                messages.iter().filter(|message| message.role == Role::System).count()
            };
            prop_assert_eq!(system(&fitted), system(&messages));
            prop_assert_eq!(fitted.last(), messages.last());
            let mut open = 0;
            for message in &fitted {
                if message.role == Role::Tool {
                    prop_assert!(open > 0, "a result without its call");
                    open -= 1;
                } else {
                    prop_assert_eq!(open, 0, "a call without its result");
                    open = message.tool_calls.len();
                }
            }
            prop_assert_eq!(open, 0, "a call without its result");
        }
    }
}

#[test]
fn tokens_are_estimated_as_documented() {
    let mut message = Made::new(Role::Assistant, "1234".to_owned());
    for (content, tokens) in [("", 4), ("a", 5), ("abcd", 5), ("abcde", 6), ("日本", 6)] {
        message.content = content.to_owned();
        assert_eq!(estimated_tokens(&message.borrowed()), tokens, "{content}");
    }
    // id 2, name 1, arguments 2, content 6 bytes.
    message.tool_calls = vec![call("id".to_owned())];
    assert_eq!(estimated_tokens(&message.borrowed()), 7);
    let mut result = Made::new(Role::Tool, String::new());
    result.tool_call_id = Some("id".to_owned());
    assert_eq!(estimated_tokens(&result.borrowed()), 5);
}
