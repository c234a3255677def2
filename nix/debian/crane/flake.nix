{
  description = "Stand-in for crane: the functions that this flake uses, over crates that nixw put into the store";

  outputs = _: { mkLib = import ./.; };
}
