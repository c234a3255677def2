//! Which variant the weights speak for, and why.

use super::document::Rows;
use super::{Cell, Document};
use crate::judge::{
    Decision, Lack, NotWeighed, NotablySmaller, Recommendation, SmallerAndFaster, ThroughputBy,
};
use crate::policy::{Apart, Std};
use crate::units::{Size, grouped, percent_text};

impl Decision {
    pub(super) fn add_to(&self, document: Document) -> Document {
        let document = document.heading("decision");
        let document = match &self.recommendation {
            Some(recommendation) => self
                .scores(document)
                .paragraph(self.recommended(recommendation)),
            None => document.paragraph(format!(
                "No decision is made, because of what was not measured: {}.",
                sentences(&self.missing, lack)
            )),
        };
        let document = document
            .paragraph(self.faster(&self.smaller_and_faster))
            .paragraph(self.smaller(&self.notably_smaller));
        let document = match self.not_weighed.as_slice() {
            [] => document,
            variants => document.paragraph(format!("Not weighed: {}.", sentences(variants, apart))),
        };
        self.scores.iter().fold(document, |document, score| {
            let one_shot = match score.one_shot {
                true => " One-shot, for instances that answer once: scored, but never recommended.",
                false => "",
            };
            document.paragraph(format!(
                "{}: {}{one_shot}",
                score.variant, score.maturity_facts
            ))
        })
    }

    fn scores(&self, document: Document) -> Document {
        let points = |hundredths| Cell::Text(points_text(hundredths));
        let rows = self.scores.iter().map(Some).chain([None]);
        let table = Rows::of(rows).text("variant", |score| match score {
            Some(score) => Cell::Name(score.variant.clone()),
            None => Cell::Text("weight".to_owned()),
        });
        let criteria = ["size", "throughput", "waste", "reclamation", "maturity"];
        let criteria = criteria.into_iter().enumerate();
        let table = criteria
            .fold(table, |table, (index, title)| {
                table.number(title, move |score| match score {
                    Some(score) => points(score.points.values()[index]),
                    None => Cell::Count(self.weights.values()[index]),
                })
            })
            .number("score", |score| match score {
                Some(score) => points(score.total),
                None => Cell::Count(100),
            });
        let throughput = match self.throughput_by {
            Some(ThroughputBy::Instructions) => {
                "by instructions, where at most 0.1 % from the reference is a tie with it"
            }
            Some(ThroughputBy::TimeRatio) => "by time ratios, where a tie with the reference is 1",
            Some(ThroughputBy::Fuel) | None => "by fuel, for want of instructions and times",
        };
        document
            .table(table)
            .paragraph(format!(
                "Points of 100, the best measured having all; throughput is {throughput}; maturity is a judgement, with its facts below."
            ))
    }

    fn recommended(&self, recommendation: &Recommendation) -> String {
        let Recommendation {
            variant,
            highest,
            stays_within_basis_points: within,
        } = recommendation;
        let default = &self.default_variant;
        let total = |variant: &str| {
            let score = self.scores.iter().find(|score| score.variant == variant);
            points_text(score.map_or(0, |score| score.total))
        };
        let (best, own) = (total(highest), total(default));
        let of = match self.scores.iter().any(|score| score.one_shot) {
            true => "of what is not one-shot",
            false => "of all",
        };
        let within = percent_text((*within).into());
        if highest == default {
            format!("{default} stays the default: it scores highest {of}, {best}.")
        } else if variant == default {
            format!(
                "{default} stays the default: {highest} scores highest {of}, {best}, but that is not more than {within} above {own}."
            )
        } else {
            format!(
                "{variant} is recommended as the default: it scores highest {of}, {best}, which is more than {within} above the {own} of {default}."
            )
        }
    }

    fn faster(&self, answer: &SmallerAndFaster) -> String {
        let what = format!(
            "smaller than {} and faster than it on {} beyond the noise (95 % interval below 1)",
            self.default_variant, answer.workload
        );
        let smaller: Vec<String> = answer
            .smaller
            .iter()
            .map(|smaller| {
                format!(
                    "{} by {} B, and takes {:.3} of the time ({:.3} to {:.3})",
                    smaller.variant,
                    grouped(smaller.saved_bytes),
                    smaller.ratio.median,
                    smaller.ratio.low,
                    smaller.ratio.high
                )
            })
            .collect();
        let smaller = match smaller.as_slice() {
            [] => "none".to_owned(),
            smaller => smaller.join("; "),
        };
        match answer.variants.as_deref() {
            None => format!(
                "Whether a variant is {what} is not known: not all have times compared with {}.",
                self.default_variant
            ),
            Some([]) => format!("Of what is not one-shot, none is {what}. Smaller: {smaller}."),
            Some(names) => format!(
                "Of what is not one-shot, {what}: {}. Smaller: {smaller}.",
                names.join(", ")
            ),
        }
    }

    fn smaller(&self, answer: &NotablySmaller) -> String {
        let (default, notable) = (&self.default_variant, Size(answer.notable_bytes));
        let words: Vec<String> = answer
            .variants
            .iter()
            .map(|found| {
                let one_shot = if found.one_shot { ", one-shot" } else { "" };
                format!(
                    "{} ({} B{one_shot})",
                    found.variant,
                    grouped(found.saved_bytes)
                )
            })
            .collect();
        match words.as_slice() {
            [] => format!("No variant is smaller than {default} by at least {notable}."),
            words => format!(
                "Smaller than {default} by at least {notable}: {}.",
                words.join(", ")
            ),
        }
    }
}

fn sentences<T>(all: &[T], sentence: fn(&T) -> String) -> String {
    let sentences: Vec<String> = all.iter().map(sentence).collect();
    sentences.join("; ")
}

fn lack(lack: &Lack) -> String {
    match lack {
        Lack::Workload { workload } => format!("the workload {workload} was not run"),
        Lack::Measurements { variant } => format!("{variant} was not measured"),
        Lack::Run { variant, workload } => format!("{variant} did not run {workload}"),
        Lack::Waste { variant, workload } => {
            format!("{variant} has no waste on {workload}, which takes a traced build")
        }
        Lack::Maturity { variant } => format!("{variant} has no stated maturity"),
    }
}

fn apart(variant: &NotWeighed) -> String {
    let apart: Vec<String> = (variant.apart.iter())
        .map(|apart| match apart {
            Apart::Target {
                target: Some(target),
            } => format!("it is built for {target}"),
            Apart::Target { target: None } => "it is built for the usual target".to_owned(),
            Apart::Std { std: Std::Prebuilt } => "its standard library is prebuilt".to_owned(),
            Apart::Std { std: Std::Rebuilt } => {
                "its standard library is rebuilt, by unstable flags".to_owned()
            }
        })
        .collect();
    format!("{}: {}", variant.variant, apart.join(" and "))
}

/// Hundredths of a point as text: `87.50`.
fn points_text(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{DecisionWorkloads, Score, Smaller};
    use crate::measure::bench::Ratio;
    use crate::policy::Criteria;

    fn decision(one_shot: bool) -> Decision {
        let criteria = Criteria {
            size: 20,
            throughput: 20,
            waste: 20,
            reclamation: 20,
            maturity: 20,
        };
        let score = |variant: &str, total, one_shot| Score {
            variant: variant.to_owned(),
            one_shot,
            points: criteria,
            total,
            maturity_facts: String::new(),
        };
        Decision {
            default_variant: "plain".to_owned(),
            weights: criteria,
            not_weighed: Vec::new(),
            workloads: DecisionWorkloads {
                throughput: "mixed".to_owned(),
                waste: "mixed".to_owned(),
                reclamation: "churn".to_owned(),
            },
            missing: Vec::new(),
            throughput_by: None,
            scores: vec![
                score("best", 9_505, false),
                score("plain", 8_650, false),
                score("leaking", 10_000, one_shot),
            ],
            recommendation: None,
            smaller_and_faster: SmallerAndFaster {
                workload: "mixed".to_owned(),
                variants: None,
                smaller: Vec::new(),
            },
            notably_smaller: NotablySmaller {
                notable_bytes: 1024,
                variants: Vec::new(),
            },
        }
    }

    #[test]
    fn recommendations_say_why() {
        for (one_shot, variant, highest, expected) in [
            (
                false,
                "plain",
                "best",
                "plain stays the default: best scores highest of all, 95.05, but that is not more than 10.00 % above 86.50.",
            ),
            (
                false,
                "best",
                "best",
                "best is recommended as the default: it scores highest of all, 95.05, which is more than 10.00 % above the 86.50 of plain.",
            ),
            (
                true,
                "plain",
                "plain",
                "plain stays the default: it scores highest of what is not one-shot, 86.50.",
            ),
        ] {
            let recommendation = Recommendation {
                variant: variant.to_owned(),
                highest: highest.to_owned(),
                stays_within_basis_points: 1_000,
            };
            assert_eq!(decision(one_shot).recommended(&recommendation), expected);
        }
    }

    #[test]
    fn answers_say_by_how_much() {
        let smaller = || Smaller {
            variant: "small".to_owned(),
            saved_bytes: 1_200,
            ratio: Ratio {
                median: 0.9,
                low: 0.85,
                high: 0.99,
                tie: false,
            },
        };
        for (variants, all, expected) in [
            (
                None,
                vec![],
                "Whether a variant is smaller than plain and faster than it on mixed beyond the noise (95 % interval below 1) is not known: not all have times compared with plain.",
            ),
            (
                Some(vec![]),
                vec![],
                "Of what is not one-shot, none is smaller than plain and faster than it on mixed beyond the noise (95 % interval below 1). Smaller: none.",
            ),
            (
                Some(vec!["small".to_owned()]),
                vec![smaller()],
                "Of what is not one-shot, smaller than plain and faster than it on mixed beyond the noise (95 % interval below 1): small. Smaller: small by 1,200 B, and takes 0.900 of the time (0.850 to 0.990).",
            ),
        ] {
            let answer = SmallerAndFaster {
                workload: "mixed".to_owned(),
                variants,
                smaller: all,
            };
            assert_eq!(decision(false).faster(&answer), expected);
        }
    }
}
