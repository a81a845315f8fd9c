/* The list of zones: found by name, pinyin or code, else the farthest first. */
(function (zg) {
  "use strict";

  const { $, el } = zg;
  const PAGE = 12;

  // Letters and digits only: case, spaces, hyphens, accents and full-width forms do not matter.
  function plain(text) {
    return text.normalize("NFKD").toLowerCase().replace(/[\p{M}\p{P}\p{S}\p{Z}]/gu, "");
  }

  function search(app) {
    const { atlas } = app;
    const box = $("zg-search"), list = $("zg-results");
    let texts = null; // what is searched, one a zone; made at the first search
    let spoken = null; // the words of the English name, each after a space
    let rows = [], shown = PAGE, buttons = [];

    box.addEventListener("input", () => {
      shown = PAGE;
      find();
    });
    $("zg-more").addEventListener("click", () => {
      const first = shown;
      shown += PAGE;
      showRows();
      buttons[first]?.button.focus();
    });

    function searched() {
      const names = ["name", "name_en", "code", "id"];
      texts ||= Array.from({ length: atlas.size }, (_, row) => names.map((name) => plain(atlas.text(name, row))).join(" "));
      return texts;
    }

    const words = (text) => text.split(/[\s-]+/).map(plain).filter(Boolean);

    // Whether every word that was typed begins a word of the zone's English name.
    function beginsWords(row, parts) {
      spoken ||= Array.from({ length: atlas.size }, (_, r) => ` ${words(atlas.text("name_en", r)).join(" ")}`);
      return parts.every((part) => spoken[row].includes(` ${part}`));
    }

    function find() {
      const typed = box.value.trim();
      const whole = plain(typed);
      const { nearest_km: nearest } = app.layer();
      rows = [];
      if (typed) {
        const marks = !whole; // only signs were typed: they are looked for as they are
        const parts = words(typed);
        for (let row = 0; row < atlas.size; row++) {
          if (!atlas.passes[row]) continue;
          const text = marks ? `${atlas.text("name", row)} ${atlas.text("name_en", row)}` : searched()[row];
          const found = marks ? text.includes(typed) : text.includes(whole) || beginsWords(row, parts);
          if (found) rows.push(row);
        }
        if (!marks) rows.sort((a, b) => searched()[b].startsWith(whole) - searched()[a].startsWith(whole) || a - b);
      } else {
        for (let row = 0; row < atlas.size; row++) if (atlas.passes[row]) rows.push(row);
        rows.sort((a, b) => nearest[b] - nearest[a] || a - b);
      }
      const count = atlas.number(rows.length);
      const key = typed ? (rows.length ? "found" : "found_none") : "listed_farthest";
      $("zg-found").textContent = atlas.word(key, { count });
      showRows();
    }

    function showRows() {
      const visible = rows.slice(0, shown);
      buttons = visible.map((row) => {
        const dot = el("span", { "aria-hidden": "true" }), distance = el("span", { className: "zg-result-km" });
        const about = [atlas.otherName(row), atlas.term(atlas.text("province", row))].filter(Boolean).join(" · ");
        const button = el(
          "button", { type: "button" },
          dot, el("span", { className: "zg-result-name" }, atlas.name(row)), distance,
          el("span", { className: "zg-quiet" }, about),
        );
        button.dataset.zone = atlas.text("id", row);
        button.addEventListener("click", () => app.select(row, { pan: true, from: button }));
        for (const event of ["focus", "mouseenter"]) button.addEventListener(event, () => app.hover(row));
        return { row, button, dot, distance };
      });
      list.replaceChildren(...buttons.map(({ button }) => el("li", {}, button)));
      const left = Math.min(PAGE, rows.length - visible.length);
      $("zg-more").hidden = left <= 0;
      $("zg-more").textContent = atlas.word("more", { count: atlas.number(left) });
      showDistances();
    }

    function showDistances() {
      for (const { row, dot, distance } of buttons) {
        dot.className = `zg-dot zg-${zg.CLASS_KEYS[atlas.classes[row]]}`;
        distance.textContent = atlas.word("unit_km", { value: atlas.number(app.layer().nearest_km[row]) });
      }
    }

    return {
      update(changed) {
        if (changed.has("filters") || changed.has("language") || changed.has("layer")) find();
        else if (changed.has("km")) showDistances();
      },
    };
  }

  zg.search = search;
})((window.zonegap = window.zonegap || {}));
