# Built again from scratch, on one core, at another path and on a host of another name: the same bytes. One row stands for
# all of its standard library and target.
{
  lib,
  pkgs,
  call,
  system,
  policy,
  guest,
  optimize,
  products,
}:
let
  inherit (policy) binary;
  inherit (products) default;

  otherHost =
    if system == "aarch64-darwin" then "x86_64-unknown-linux-gnu" else "aarch64-apple-darwin";
  elsewhere = {
    CARGO_BUILD_JOBS = "1";
    RUSTC = call ./../rustc-of-host.nix { } otherHost;
    postUnpack = "mv $sourceRoot elsewhere; sourceRoot=elsewhere";
  };
  again =
    variant: target:
    guest.core {
      inherit variant target;
      overrides = elsewhere // {
        pnameSuffix = "-${variant.name}-${target}-again";
        cargoArtifacts = guest.dependencies variant (elsewhere // { pnameSuffix = "-deps-again"; });
      };
    };

  # the default variant first, so that it stands for its kind
  rows = [
    default.variant
  ]
  ++ lib.filter (variant: variant.name != policy.default) (builtins.attrValues policy.variants);
  cores = lib.concatMap (
    variant: map (target: { inherit variant target; }) variant.targets
  ) rows;
  kind = { variant, target }: "${variant.std} ${target}";
  compared = map (kinds: builtins.head (lib.filter (core: kind core == kinds) cores)) (
    lib.unique (map kind cores)
  );

  modules = optimize.modules {
    name = "again-modules";
    core = again default.variant default.variant.target;
    inherit (default.variant) component;
  };
  artifact =
    if default.variant.component then
      optimize.components {
        name = "again";
        files = [ "${binary}.opt.wasm" ];
        from = modules;
      }
    else
      modules;

  judged =
    core@{ variant, target }:
    call ./../judged.nix { } {
      name = "reproducible-${variant.name}-${target}";
      check = "reproducible";
      of = [ (if target == variant.target then variant.name else "${variant.name}/${target}") ];
      script = ''
        how="built again from nothing, on one core, at another path and on a host of another name"
        same() {
          local difference
          difference=$(cmp $1 $2 2>&1) || { echo "$how, another: $3, ''${difference##* differ: }"; exit 1; }
          echo "$how, the same: $3, $(sha256sum < $1 | cut -c 1-64)"
        }
        same ${guest.core core}/${binary}.wasm ${again variant target}/${binary}.wasm "core module of ${variant.name} for ${target}"
        ${lib.optionalString (variant.name == policy.default && target == variant.target) ''
          same ${default.artifact}/${binary}.opt.wasm ${artifact}/${binary}.opt.wasm "what ships of ${policy.default}"
        ''}
      '';
    };
  all = map judged compared;
in
pkgs.runCommand "reproducible"
  { passthru.outcomes = lib.mergeAttrsList (map (check: check.outcomes) all); }
  "cat ${toString all} | tee $out"
