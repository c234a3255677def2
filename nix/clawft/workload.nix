# What components and builds of weft are put to work with, and what the agent answers to it.
{ native }:
native {
  package = "clawft-workload";
  program = "clawft-workload";
  profile = "release-tool";
  install = "install -Dm755 target/release-tool/clawft-workload -t $out/bin";
  description = "conversations from a seed, calls that are made of them, and what the agent answers";
}
