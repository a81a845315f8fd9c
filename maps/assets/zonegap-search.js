/* The list of zones: found by name, pinyin or code, else the farthest first. */
(function (zg) {
  "use strict";

  const { $, el } = zg;
  const PAGE = 12;
  const WHOLE = 0, BEGINS = 1, INSIDE = 2, OF_PROVINCE = 3, NOT = 4; // how well a word fits a zone

  // Letters and digits in words: case, accents, other signs and full-width forms do not matter.
  function plain(text) {
    return text.normalize("NFKD").toLowerCase().replace(/[\s-]+/g, " ").replace(/[\p{M}\p{P}\p{S}]/gu, "");
  }

  const words = (text) => plain(text).split(" ").filter(Boolean);
  const line = (texts) => ` ${plain(texts.join(" "))} `; // a space before and after each word

  function search(app) {
    const { atlas } = app;
    const { pinyin } = atlas.payload;
    const box = $("zg-search"), list = $("zg-results");
    const provinces = new Map(); // what is searched of a province
    let lines = null; // and of each zone; made at the first search
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

    const spelt = (text) => (Object.hasOwn(pinyin, text) ? pinyin[text] : "");

    function searched(row) {
      lines ||= Array.from({ length: atlas.size }, (_, r) => {
        const texts = ["name", "name_en", "code", "id"].map((name) => atlas.text(name, r));
        return line([...texts, spelt(texts[0])]);
      });
      return lines[row];
    }

    function provinceOf(row) {
      const name = atlas.text("province", row);
      if (!provinces.has(name)) provinces.set(name, line([name, ...(atlas.payload.terms[name] || []), spelt(name)]));
      return provinces.get(name);
    }

    function fit(row, part) {
      const text = searched(row);
      if (text.includes(` ${part} `)) return WHOLE;
      if (text.includes(` ${part}`)) return BEGINS;
      if (text.includes(part)) return INSIDE;
      return provinceOf(row).includes(` ${part}`) ? OF_PROVINCE : NOT;
    }

    // A function row -> how well it fits what was typed: each word by itself, or all run together
    // from the beginning of a word on (dong li for Dongli, DongliEconomic for Dongli Economic).
    function judge(typed) {
      const parts = words(typed);
      if (!parts.length) {
        // only signs were typed: they are looked for as they are
        return (row) => (`${atlas.text("name", row)} ${atlas.text("name_en", row)}`.includes(typed) ? WHOLE : NOT);
      }
      const together = new RegExp(` ${[...parts.join("")].join(" ?")}${parts.length > 1 ? "" : " "}`, "u");
      return (row) => {
        let worst = WHOLE;
        for (const part of parts) worst = Math.max(worst, fit(row, part));
        return worst > BEGINS && together.test(searched(row)) ? BEGINS : worst;
      };
    }

    function find() {
      const typed = box.value.trim();
      const { nearest_km: nearest } = app.layer();
      rows = [];
      for (let row = 0; row < atlas.size; row++) if (atlas.passes[row]) rows.push(row);
      if (typed) {
        const fits = judge(typed), found = new Uint8Array(atlas.size);
        for (const row of rows) found[row] = fits(row);
        rows = rows.filter((row) => found[row] < NOT).sort((a, b) => found[a] - found[b] || a - b);
      } else {
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
        const dot = el("span"), distance = el("span", { className: "zg-result-km" });
        const about = [atlas.otherName(row), atlas.term(atlas.text("province", row))].filter(Boolean).join(" · ");
        const button = el(
          "button", { type: "button" },
          dot, el("span", { className: "zg-result-name" }, atlas.name(row)), distance,
          el("span", { className: "zg-quiet" }, about),
        );
        button.dataset.zone = atlas.text("id", row);
        button.addEventListener("click", () => app.select(row, { pan: true, from: button }));
        for (const event of ["focus", "mouseenter"]) button.addEventListener(event, () => app.hover(row));
        for (const event of ["blur", "mouseleave"]) button.addEventListener(event, () => app.hover(null));
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
        const kind = zg.CLASS_KEYS[atlas.classes[row]];
        dot.className = `zg-dot zg-${kind}`;
        dot.replaceChildren(el("span", { className: "zg-hidden" }, atlas.word(`class_${kind}`, { km: atlas.km(app.state.km) })));
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
