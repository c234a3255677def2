{
  description = "Stand-in for nixpkgs lib: the functions that this flake uses, under their names";

  outputs = _: { lib = import ./.; };
}
