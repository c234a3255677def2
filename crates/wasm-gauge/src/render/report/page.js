"use strict";
(() => {
  // A tile is [name, bytes, second, x, y, width, height, tiles]: see treemap.rs.
  const [NAME, BYTES, SECOND, X, Y, WIDTH, HEIGHT, INNER] = [0, 1, 2, 3, 4, 5, 6, 7];
  const data = JSON.parse(document.getElementById("data").textContent);
  const find = (id) => document.getElementById(id);
  const make = (tag, text) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const grouped = (count) => Math.abs(count).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  const [variants, views, tiles, crumbs, about] = ["variant", "view", "tiles", "crumbs", "about"].map(find);
  const rows = find("details").tBodies[0];
  let map;
  let way = [];

  const differs = () => map.view === "since the base";
  const bytes = (tile) =>
    (differs() ? (tile[BYTES] > 0 ? "+" : tile[BYTES] < 0 ? "-" : "") : "") + grouped(tile[BYTES]);
  const area = (tile) => tile[WIDTH] * tile[HEIGHT];
  const share = (tile, whole) => ((100 * area(tile)) / Math.max(area(whole), 1)).toFixed(1) + " %";
  // What several functions retain together is not what each does, added up.
  const adds = (tile) => differs() || !(tile[INNER].length || /^\(\d+ smaller\)$/.test(data.names[tile[NAME]]));
  const second = (tile) => (adds(tile) ? grouped(tile[SECOND]) : "");
  const sentence = (tile, whole) =>
    `${data.names[tile[NAME]]}: ${bytes(tile)} B, ${share(tile, whole)} of this view` +
    (adds(tile) ? `, ${second(tile)} B ${differs() ? "before" : "retained"}` : "");

  // The same name has the same colour in every view.
  const colour = (tile) => {
    if (differs()) return tile[BYTES] > 0 ? "#f4978e" : tile[BYTES] < 0 ? "#8fd3a0" : "#d5d8dc";
    let hash = 7;
    for (const c of data.names[tile[NAME]]) hash = (hash * 31 + c.codePointAt(0)) % 360;
    return `hsl(${hash} 55% 76%)`;
  };

  const place = (element, tile, within) => {
    const percent = (part, whole) => (100 * part) / Math.max(whole, 1) + "%";
    element.style.left = percent(tile[X] - within[X], within[WIDTH]);
    element.style.top = percent(tile[Y] - within[Y], within[HEIGHT]);
    element.style.width = percent(tile[WIDTH], within[WIDTH]);
    element.style.height = percent(tile[HEIGHT], within[HEIGHT]);
  };

  const go = (to) => {
    way = to;
    draw();
    const first = tiles.querySelector("button") || crumbs.querySelector("[aria-current]");
    if (first) first.focus({ preventScroll: true });
  };

  const draw = () => {
    const here = way[way.length - 1];
    crumbs.replaceChildren(
      ...way.flatMap((tile, index) => {
        const name = index === 0 ? `${map.variant}, ${map.view}` : data.names[tile[NAME]];
        const button = make("button", name);
        button.type = "button";
        if (tile === here) button.setAttribute("aria-current", "location");
        button.addEventListener("click", () => go(way.slice(0, index + 1)));
        return index === 0 ? [button] : [make("span", "›"), button];
      }),
    );
    about.textContent = here[INNER].length ? sentence(here, way[0]) : "There is nothing to show here.";
    tiles.replaceChildren(
      ...here[INNER].map((tile) => {
        const button = make("button");
        button.type = "button";
        button.append(make("span", `${data.names[tile[NAME]]} ${bytes(tile)}`));
        button.setAttribute("aria-label", sentence(tile, here));
        button.title = sentence(tile, here);
        button.style.background = colour(tile);
        place(button, tile, here);
        for (const inner of tile[INNER]) {
          const shadow = make("i");
          place(shadow, inner, tile);
          button.append(shadow);
        }
        if (tile[INNER].length) {
          button.className = "inner";
          button.addEventListener("click", () => go([...way, tile]));
        }
        const tell = () => (about.textContent = sentence(tile, here));
        button.addEventListener("focus", tell);
        button.addEventListener("mouseenter", tell);
        return button;
      }),
    );
    find("second").textContent = differs() ? "before" : "retained";
    rows.replaceChildren(
      ...here[INNER].map((tile) => {
        const row = make("tr");
        const name = make("td");
        if (tile[INNER].length) {
          const button = make("button", data.names[tile[NAME]]);
          button.type = "button";
          button.addEventListener("click", () => go([...way, tile]));
          name.append(button);
        } else {
          name.textContent = data.names[tile[NAME]];
        }
        const figures = [bytes(tile), share(tile, here), second(tile)].map((text) => {
          const cell = make("td", text);
          cell.className = "number";
          return cell;
        });
        if (differs()) figures[0].classList.add(tile[BYTES] > 0 ? "grew" : "shrank");
        row.append(name, ...figures);
        return row;
      }),
    );
  };

  const choose = () => {
    const of = data.maps.filter((other) => other.variant === variants.value);
    map = of.find((other) => other.view === views.value) || of[0];
    views.replaceChildren(...of.map((other) => new Option(other.view, other.view, false, other === map)));
    way = [map.tile];
    draw();
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && way.length > 1) go(way.slice(0, -1));
  });
  if (data.maps.length === 0) {
    find("map").replaceChildren(make("h2", "What the bytes are of"), make("p", "This was not measured in detail."));
    return;
  }
  const names = new Set(data.maps.map((other) => other.variant));
  variants.replaceChildren(...[...names].map((name) => new Option(name, name)));
  variants.addEventListener("change", choose);
  views.addEventListener("change", choose);
  choose();
})();
