/* What leaves the page: the link to the view, the CSV of the filtered zones, the print. */
(function (zg) {
  "use strict";

  const { $ } = zg;
  const WRITE_AFTER_MS = 250; // browsers refuse a new address at every step of a slider
  const PRINT_RATIO = 3; // canvas pixels a CSS pixel on paper

  // ---- the view in the address

  function fragmentOf(app) {
    const { km, layer, language, filters, zone, showHubs, showNewHubs, showChanged } = app.state;
    const centre = app.map.getCenter();
    const parts = new URLSearchParams({ km: String(km), hubs: layer, lang: language });
    for (const name of zg.FILTERS) for (const value of filters[name]) parts.append(name, value);
    for (const key of ["from", "to"]) if (filters[key] !== null) parts.set(key, String(filters[key]));
    const hidden = [showHubs ? "" : "hubs", showNewHubs ? "" : "new", showChanged ? "" : "changed"].filter(Boolean);
    if (hidden.length) parts.set("hide", hidden.join(" "));
    if (zone !== null) parts.set("zone", zone);
    parts.set("at", `${centre.lat.toFixed(4)},${centre.lng.toFixed(4)},${app.map.getZoom()}`);
    return parts.toString();
  }

  // The state that an address asks for; what it does not name or names wrongly stays as it is.
  function stateOf(app, fragment) {
    const parts = new URLSearchParams(fragment.replace(/^#/, ""));
    const { atlas } = app, state = {};
    const km = atlas.kmOf(parts.get("km"));
    if (km !== null) state.km = km;
    if (atlas.layers.some((layer) => layer.key === parts.get("hubs"))) state.layer = parts.get("hubs");
    if (atlas.payload.languages.includes(parts.get("lang"))) state.language = parts.get("lang");
    state.filters = zg.noFilters();
    for (const name of zg.FILTERS) {
      const column = atlas.columns[name];
      const known = new Set(column ? column.dictionary || column.text : []);
      state.filters[name] = parts.getAll(name).filter((value) => known.has(value));
    }
    for (const key of ["from", "to"]) if (/^\d{4}$/.test(parts.get(key))) state.filters[key] = Number(parts.get(key));
    const { from, to } = state.filters;
    if (from !== null && to !== null && from > to) Object.assign(state.filters, { from: to, to: from });
    const hidden = (parts.get("hide") || "").split(" ");
    const marks = { showHubs: "hubs", showNewHubs: "new", showChanged: "changed" };
    for (const [key, name] of Object.entries(marks)) state[key] = !hidden.includes(name);
    state.zone = atlas.rowOf.has(parts.get("zone")) ? parts.get("zone") : null;
    return { state, view: viewOf(app.map, parts.get("at") || "") };
  }

  // Latitude, longitude and zoom, the zoom as the map allows it; null unless all three are there.
  function viewOf(map, text) {
    const parts = text.split(",");
    if (parts.length !== 3 || !parts.every((part) => /^-?\d+(\.\d+)?$/.test(part))) return null;
    const [lat, lon, zoom] = parts.map(Number);
    if (Math.abs(lat) > 85 || Math.abs(lon) > 180) return null;
    return [lat, lon, Math.min(map.getMaxZoom(), Math.max(map.getMinZoom(), zoom))];
  }

  // ---- CSV

  // Text that a spreadsheet would run as a formula gets an apostrophe; numbers stay numbers.
  function cell(value) {
    if (value === null || value === undefined) return "";
    if (typeof value !== "string") return String(value);
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  const round = (value, digits) => Math.round(value * 10 ** digits) / 10 ** digits;

  function csv(app) {
    const { atlas } = app, { km } = app.state, layer = app.layer();
    const names = Object.keys(atlas.columns);
    const unit = atlas.measure ? atlas.measure.unit : "km", flag = `beyond_${km}${unit}`;
    const clusters = layer.cluster_km ? zg.CLUSTER_KM : [];
    // whose the rows are, in a column: a line of its own would be data to Excel and R, and a column
    // stays with its rows when they are filtered, sorted or joined; in English, as the headings are
    const { licence } = atlas.payload, terms = licence ? { licence: licence[0] } : {};
    const rows = [
      [...names, "hub_layer", "nearest_hub", `nearest_${unit}`, ...clusters, "distance_class", flag, ...Object.keys(terms)],
    ];
    for (let row = 0; row < atlas.size; row++) {
      if (!atlas.passes[row]) continue;
      rows.push([
        ...names.map((name) => atlas.read[name](row)),
        layer.made_up ? `${layer.key} (made up)` : layer.key,
        layer.hubs.name[layer.nearest_hub[row]] ?? "",
        Number.isFinite(layer.nearest_km[row]) ? round(layer.nearest_km[row], 3) : "",
        ...clusters.map((name) => atlas.clusterKm(layer, name, row)),
        zg.CLASS_KEYS[atlas.classes[row]],
        layer.nearest_km[row] > km ? "True" : "False",
        ...Object.values(terms),
      ]);
    }
    // the mark at the beginning tells Excel that it is UTF-8
    return "\ufeff" + rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
  }

  function save(name, text) {
    const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    const link = zg.el("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }

  // ---- wiring

  function share(app) {
    const note = $("zg-share-note"), field = $("zg-link-text");
    let writing = 0;

    function write() {
      clearTimeout(writing);
      writing = 0;
      try {
        history.replaceState(null, "", `#${fragmentOf(app)}`);
      } catch {
        // inside a notebook's frame the page has no address of its own
      }
    }

    function writeSoon() {
      clearTimeout(writing);
      writing = setTimeout(write, WRITE_AFTER_MS);
    }

    async function copy() {
      write();
      const address = location.href;
      field.hidden = true;
      try {
        await navigator.clipboard.writeText(address);
        note.textContent = app.atlas.word("copied");
      } catch {
        field.hidden = false;
        field.value = address;
        field.select();
        note.textContent = app.atlas.word("copy_by_hand");
      }
    }

    function beforePrint() {
      app.printed = { centre: app.map.getCenter(), zoom: app.map.getZoom(), bounds: app.map.getBounds() };
      document.body.classList.add("zg-printing");
      app.map.invalidateSize({ animate: false, pan: false });
      app.map.fitBounds(app.printed.bounds, { animate: false });
      app.details.uncover();
      app.points.setRatio(PRINT_RATIO);
    }

    function afterPrint() {
      if (!app.printed) return;
      document.body.classList.remove("zg-printing");
      app.map.invalidateSize({ animate: false, pan: false });
      app.map.setView(app.printed.centre, app.printed.zoom, { animate: false });
      app.points.setRatio(0);
      app.printed = null;
    }

    $("zg-link").addEventListener("click", copy);
    $("zg-export").addEventListener("click", () => save("zones-filtered.csv", csv(app)));
    $("zg-print").addEventListener("click", () => window.print());
    window.addEventListener("beforeprint", beforePrint);
    window.addEventListener("afterprint", afterPrint);
    window.addEventListener("hashchange", () => app.restore(location.hash));
    app.map.on("moveend", writeSoon);
    return { update: writeSoon };
  }

  Object.assign(zg, { share, csv, cell, fragmentOf, stateOf });
})((window.zonegap = window.zonegap || {}));
