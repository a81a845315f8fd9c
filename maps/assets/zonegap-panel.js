/* The answer, the threshold, the legend, the hubs and the province in the panel. */
(function (zg) {
  "use strict";

  const BINS = 60, END_KM = 3000;
  const SPEAK_AFTER_MS = 600; // a screen reader is told the count when the slider rests
  const CLASS_KEYS = ["within", "unsure", "beyond"];

  const $ = (id) => document.getElementById(id);

  // An element with properties and children; text is always text, never markup.
  function el(tag, properties = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in node) node[name] = value;
      else node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== ""));
    return node;
  }

  function svg(tag, attributes) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
    return node;
  }

  const percent = (part, whole) => (whole > 0 ? (100 * part) / whole : NaN);

  function panel(app) {
    const { atlas } = app;
    const slider = $("zg-slider"), number = $("zg-number");
    // on a small screen only its first lines, which must stay, the rest at a touch
    const mapNote = el("details", { className: "zg-map-note" });
    const narrow = matchMedia("screen and (max-width: 900px), screen and (max-height: 500px)");
    const unfold = () => { mapNote.open = !narrow.matches; };
    unfold();
    narrow.addEventListener("change", unfold);
    mapNote.addEventListener("toggle", tellHeight);
    L.DomEvent.disableClickPropagation(mapNote);
    let speaking = 0, counted = "", typed = null; // what stands in the number box and is not accepted

    const corner = L.control({ position: "bottomright" });
    corner.onAdd = () => mapNote;
    corner.addTo(app.map);

    const { measure } = atlas;
    slider.max = String(Math.max(measure ? measure.end : END_KM, Math.ceil(app.state.km)));
    if (measure) slider.step = String(measure.step);
    slider.addEventListener("input", () => app.update({ km: Number(slider.value) }));
    number.addEventListener("input", () => {
      const km = atlas.kmOf(number.value);
      typed = km === null ? number.value : null;
      showRefused();
      if (km !== null) app.update({ km });
    });
    number.addEventListener("change", () => showThreshold(typed === null));
    atlas.payload.languages.forEach((language, at) => {
      const [code, name] = ["language_code", "language_name"].map((key) => atlas.payload.words[key][at]);
      const button = el("button", { type: "button", lang: code }, name);
      button.dataset.language = language;
      $("zg-languages").append(button);
    });
    for (const button of document.querySelectorAll("[data-language]")) {
      button.addEventListener("click", () => app.update({ language: button.dataset.language }));
    }
    const show = [["zg-show-hubs", "showHubs"], ["zg-show-new-hubs", "showNewHubs"], ["zg-show-changed", "showChanged"]];
    for (const [id, key] of show) $(id).addEventListener("change", () => app.update({ [key]: $(id).checked }));
    const radios = atlas.layers.map((layer) => {
      const radio = el("input", { type: "radio", name: "zg-layer", value: layer.key });
      radio.addEventListener("change", () => app.update({ layer: layer.key }));
      const label = el("span"), count = el("b");
      $("zg-layers").append(el("label", { className: "zg-check" }, radio, " ", label, " ", count));
      return { layer, radio, label, count };
    });
    for (const km of [0, 1000, 2000, 3000]) $("zg-scale").append(el("span", {}, km.toLocaleString("en-US")));
    $("zg-scale").hidden = Boolean(measure) || Number(slider.max) !== END_KM;
    $("zg-size-note").hidden = !atlas.payload.size_samples.length;
    app.map.on("moveend", showSizes); // circles grow with the zoom
    if (atlas.payload.new_hubs) {
      $("zg-new-hubs").hidden = false;
      zg.drawMark($("zg-new-hubs").querySelector("svg"), "new", false);
      $("zg-new-hubs-count").textContent = atlas.number(atlas.payload.new_hubs.name.length);
    }

    // Fills every element that names its word.
    function showWords() {
      document.documentElement.lang = atlas.word("language_code");
      document.title = atlas.word("title");
      for (const node of document.querySelectorAll("[data-word]")) node.textContent = atlas.word(node.dataset.word);
      const attributes = { wordLabel: "aria-label", wordPlaceholder: "placeholder" };
      for (const [key, attribute] of Object.entries(attributes)) {
        const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
        for (const node of document.querySelectorAll(`[data-${name}]`)) node.setAttribute(attribute, atlas.word(node.dataset[key]));
      }
      for (const button of document.querySelectorAll("[data-language]")) {
        button.setAttribute("aria-pressed", String(button.dataset.language === atlas.language));
      }
      for (const { layer, label, count } of radios) {
        label.textContent = atlas.layerName(layer);
        count.textContent = atlas.number(layer.hubs.name.length);
      }
      $("zg-new-hubs-note").textContent = atlas.newHubsNote();
      $("zg-changed").hidden = !atlas.changed;
      if (atlas.changed) $("zg-changed-note").textContent = atlas.pick(atlas.payload.changed.note);
      app.map.getContainer().setAttribute("aria-label", atlas.word("map"));
      showNotes();
      showSizes();
    }

    // Circles of round areas as large as the map draws them now.
    function showSizes() {
      const items = atlas.payload.size_samples.map(([area, radius]) => {
        const r = Math.max(1.2, radius * app.points.grow), side = 2 * Math.ceil(r + 1);
        const circle = zg.svg("circle", { r, fill: "none", stroke: "currentColor" });
        const mark = zg.svg("svg", { width: side, height: side, viewBox: `${-side / 2} ${-side / 2} ${side} ${side}`, "aria-hidden": "true" });
        mark.append(circle);
        return el("li", {}, mark, el("span", {}, atlas.word("unit_ha", { value: atlas.number(area) })));
      });
      $("zg-sizes").replaceChildren(...items);
    }

    function showNotes() {
      const { outlines, tiles, links } = atlas.payload;
      const said = (pair) => (pair ? atlas.pick(pair) : "");
      const remark = said(atlas.payload.remark);
      const approved = tiles && tiles.approval ? atlas.word("note_tiles_approval", tiles) : "";
      const shifted = tiles && tiles.datum === "GCJ-02" ? atlas.word("note_gcj02") : "";
      // what stands on the map, too: no standard map, and whose number it bears, before all else
      const always = [
        atlas.word("note_map"),
        outlines.approval ? atlas.word("note_approval", { number: outlines.approval }) : "",
        approved,
      ].filter(Boolean);
      const more = [remark, said(atlas.payload.scope), atlas.pick(outlines.note), shifted].filter(Boolean);
      const first = [...always, ...more];
      const lines = [
        ...first,
        tiles ? said(tiles.caution) : "",
        tiles && !approved ? atlas.word("note_tiles", tiles) : "",
        atlas.word("note_beyond", { method: atlas.word(`method_${app.layer().method}`) }),
        atlas.has.gdp ? said(atlas.payload.gdp_note) || atlas.word("note_gdp") : "",
        atlas.word("sources", { sources: atlas.pick(atlas.payload.credits) }),
        atlas.payload.licence ? atlas.word("note_licence", { licence: said(atlas.payload.licence) }) : "",
        atlas.payload.licence ? atlas.word("note_changed") : "",
        atlas.word("note_affiliation"),
      ];
      const where = links.map(([name, href], at) => [at ? " · " : "", el("a", { href, target: "_blank", rel: "noopener" }, name)]);
      $("zg-notes").replaceChildren(
        ...lines.filter(Boolean).map((line) => el("p", { className: first.includes(line) ? "zg-on-map" : "" }, line)),
        ...(links.length ? [el("p", {}, atlas.word("links"), ...where.flat())] : []),
      );
      const paragraphs = (texts) => texts.map((line) => el("p", {}, line));
      mapNote.replaceChildren(el("summary", {}, ...paragraphs(always)), ...paragraphs(more));
      tellHeight();
    }

    function tellHeight() {
      document.body.style.setProperty("--map-note", `${mapNote.offsetHeight}px`); // the drawer ends above it
    }

    function showThreshold(force) {
      const { km } = app.state;
      slider.value = String(km);
      slider.setAttribute("aria-valuetext", atlas.word("unit_km", { value: atlas.km(km) }));
      // a number that is being typed is not rewritten, nor what was refused until the next threshold
      if (force || document.activeElement !== number) {
        number.value = String(km);
        typed = null;
      }
      showRefused();
    }

    function showRefused() {
      number.setAttribute("aria-invalid", String(typed !== null));
      const text = typed === null ? "" : atlas.word("threshold_range", { farthest: atlas.number(atlas.payload.farthest_km) });
      if ($("zg-threshold-note").textContent !== text) $("zg-threshold-note").textContent = text;
    }

    // Tells a screen reader, after a while in which nothing newer is to be told.
    function say(text, after = 0) {
      clearTimeout(speaking);
      speaking = setTimeout(() => ($("zg-live").textContent = text), after);
    }

    function showCount() {
      const { km } = app.state, { sums, filtered } = app;
      const total = atlas.number(sums.zones), all = atlas.number(atlas.size);
      const of = atlas.word(filtered ? "count_filtered" : "count_all", { total, all });
      const low = atlas.number(sums.surely), high = atlas.number(sums.possibly);
      $("zg-count").textContent = atlas.number(sums.beyond);
      $("zg-count-of").textContent = of;
      $("zg-count-beyond").textContent = atlas.word("count_beyond", { km: atlas.km(km) });
      const shares = [["zones", percent(sums.beyond, sums.zones)]];
      if (atlas.has.area) shares.push(["area", percent(sums.areaBeyond, sums.area)]);
      if (atlas.has.gdp) shares.push(["gdp", percent(sums.gdpBeyond, sums.gdp)]);
      $("zg-shares").replaceChildren(
        ...shares.map(([key, pct]) =>
          el("li", {}, el("b", {}, atlas.word("percent", { pct: atlas.number(pct, 1) })), " ", atlas.word(`share_${key}`)),
        ),
      );
      $("zg-band").textContent = atlas.word("band", { low, high });
      const spoken = atlas.word("spoken", { count: atlas.number(sums.beyond), of, km: atlas.km(km), low, high });
      if (spoken !== counted) say(spoken, SPEAK_AFTER_MS);
      counted = spoken;
    }

    function showLegend() {
      const kinds = measure ? [zg.BEYOND, zg.WITHIN] : [zg.BEYOND, zg.UNSURE, zg.WITHIN];
      const items = kinds.map((kind) => {
        const key = CLASS_KEYS[kind];
        return el(
          "li", {},
          el("span", { className: `zg-dot zg-${key}`, "aria-hidden": "true" }),
          el("span", {}, atlas.word(`class_${key}`, { km: atlas.km(app.state.km) })),
          el("b", {}, atlas.number(app.sums.byClass[kind])),
        );
      });
      $("zg-legend").replaceChildren(...items);
    }

    function showHubs() {
      const { hubs } = app.layer();
      const counts = new Map();
      for (const cluster of hubs.cluster) counts.set(cluster, (counts.get(cluster) || 0) + 1);
      $("zg-clusters").replaceChildren(
        ...[...counts].map(([cluster, count]) => {
          const mark = zg.svg("svg", { width: 14, height: 14, viewBox: "-7 -7 14 14", "aria-hidden": "true" });
          zg.drawMark(mark, cluster, true);
          return el("li", {}, mark, el("span", {}, atlas.term(cluster)), el("b", {}, atlas.number(count)));
        }),
      );
      $("zg-clusters").hidden = !app.state.showHubs;
      $("zg-show-hubs").checked = app.state.showHubs;
      $("zg-show-new-hubs").checked = app.state.showNewHubs;
      $("zg-show-changed").checked = app.state.showChanged;
      for (const { layer, radio } of radios) radio.checked = layer.key === app.state.layer;
    }

    function showChanged() {
      if (!atlas.changed) return;
      const items = atlas.changes().map((count, at) => {
        const mark = zg.svg("svg", { width: 16, height: 16, viewBox: "-8 -8 16 16", "aria-hidden": "true" });
        zg.drawRing(mark, at + 1);
        return el("li", {}, mark, el("span", {}, atlas.word(zg.CHANGES[at + 1])), el("b", {}, atlas.number(count)));
      });
      $("zg-changed-legend").replaceChildren(...items);
    }

    function showHistogram() {
      const canvas = $("zg-histogram"), ratio = window.devicePixelRatio || 1;
      const width = canvas.clientWidth, height = canvas.clientHeight;
      if (!width) return;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      const end = Number(slider.max), counts = atlas.histogram(app.layer(), end / BINS, BINS);
      const highest = Math.max(1, ...counts.map((c) => c[0] + c[1] + c[2]));
      const context = canvas.getContext("2d");
      context.scale(ratio, ratio);
      const step = width / BINS;
      counts.forEach((count, bin) => {
        let y = height;
        count.forEach((n, kind) => {
          const h = (n / highest) * (height - 2);
          context.fillStyle = atlas.payload.colours[kind];
          context.fillRect(bin * step + 0.5, y - h, step - 1, h);
          y -= h;
        });
      });
    }

    // The province of all zones, null where they are of several.
    function onlyProvince() {
      const { province } = atlas.columns;
      const names = new Set(province ? province.dictionary || province.text : []);
      return names.size === 1 ? [...names][0] || null : null;
    }

    function showProvince() {
      const chosen = app.state.filters.province;
      const name = app.province() ?? (chosen.length === 1 ? chosen[0] : onlyProvince());
      const box = $("zg-province");
      box.hidden = !atlas.read.province;
      if (box.hidden) return;
      const layer = app.layer(), sums = name === null ? app.sums : atlas.sums(layer, app.state.km, name);
      const facts = [
        ["zones", atlas.number(sums.zones)],
        ["beyond", atlas.number(sums.beyond)],
        ["median", atlas.word("unit_km", { value: atlas.way(atlas.median(layer, name)) })],
      ];
      // of zones without a stated area there is no sum, rather than 0
      const known = (sum, text) => (sum > 0 || !sums.zones ? text : "–");
      const area = atlas.word("unit_km2", { value: atlas.number(sums.area / 100) });
      if (atlas.has.area) facts.push(["area", known(sums.area, area)]);
      if (atlas.has.gdp) facts.push(["gdp", known(sums.gdp, atlas.money("unit_gdp", sums.gdp, 0))]);
      const hint = name === null ? "province_hint" : app.filtered ? "province_filtered" : "";
      const note = hint ? el("span", { className: "zg-quiet" }, ` ${atlas.word(hint)}`) : null;
      box.replaceChildren(
        el("h2", {}, name === null ? atlas.word("province_all") : atlas.term(name), note),
        el("dl", {}, ...facts.map(([key, text]) => el("div", {}, el("dt", {}, atlas.word(key)), el("dd", {}, text)))),
      );
    }

    new ResizeObserver(showHistogram).observe($("zg-histogram"));
    return {
      update(changed) {
        if (changed.has("language")) showWords();
        if (changed.has("layer")) showNotes();
        showThreshold(false);
        showCount();
        showLegend();
        showHubs();
        showChanged();
        showHistogram();
        showProvince();
      },
      showProvince,
      say,
    };
  }

  Object.assign(zg, { $, el, svg, panel, CLASS_KEYS });
})((window.zonegap = window.zonegap || {}));
