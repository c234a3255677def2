# What ships starts in every way that there is, with each of the engine's compilers, and answers alike each time. How long it
# takes says nothing in a build.
{
  pkgs,
  binary,
  policy,
  wasm-gauge,
}:
product:
pkgs.runCommand "startup-${product.variant.name}"
  {
    nativeBuildInputs = [
      pkgs.jq
      wasm-gauge
    ];
  }
  ''
    wasm-gauge startup --format json --repetitions 2 --compilations 2 --calls ${policy.startup} \
      ${product.artifact}/${binary}.opt.wasm > startup.json
    jq -e '.unmeasured == [] and .reply != null' startup.json > measured ||
      { jq .unmeasured startup.json; echo "there are ways in which it does not start" >&2; exit 1; }
    jq -r '"answers \(.call) alike, started in \(.scenarios | length) ways; \(.pages) pages after it"' startup.json | tee $out
  ''
