/* One zone: the tooltip under the pointer, and all its fields once it is chosen. */
(function (zg) {
  "use strict";

  const { $, el } = zg;
  const ARC_STEPS = 48;
  const CLEAR_PX = 16; // between the card and the zone on paper
  const INK = "#1d2b36";

  const SECTIONS = {
    catalogue: "code id province level type approved extended area_ha industries remark".split(" "),
    gdp: ["gdp_estimate_yi_cny", "gdp_density_yi_per_km2"],
    position: (
      "uncertainty_km geocode_level geocode_method geocode_source geocode_reason adcode spans " +
      "geocode_candidates lon lat"
    ).split(" "),
  };
  const UNITS = {
    area_ha: ["unit_ha", 0], uncertainty_km: ["unit_plusminus", 1],
  };
  const MONEY = { gdp_estimate_yi_cny: ["unit_gdp"], gdp_density_yi_per_km2: ["unit_density"] };

  // Points of the great circle between two places, [lat, lon] in degrees.
  function arc(from, to) {
    const rad = Math.PI / 180;
    const vector = ([lat, lon]) => [
      Math.cos(lat * rad) * Math.cos(lon * rad), Math.cos(lat * rad) * Math.sin(lon * rad), Math.sin(lat * rad),
    ];
    const a = vector(from), b = vector(to);
    const angle = Math.acos(Math.min(1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2]));
    if (angle < 1e-6) return [from, to];
    return Array.from({ length: ARC_STEPS + 1 }, (_, step) => {
      const t = step / ARC_STEPS;
      const p = Math.sin((1 - t) * angle) / Math.sin(angle), q = Math.sin(t * angle) / Math.sin(angle);
      const [x, y, z] = a.map((value, axis) => p * value + q * b[axis]);
      return [Math.atan2(z, Math.hypot(x, y)) / rad, Math.atan2(y, x) / rad];
    });
  }

  function details(app) {
    const { atlas, map } = app;
    const box = $("zg-details");
    const marks = L.layerGroup().addTo(map);
    const tip = L.tooltip({ className: "zg-tip", direction: "auto", offset: [10, 0], opacity: 1 });
    let opener = null;

    document.addEventListener("keydown", (event) => {
      const typing = event.target.matches?.("input, select"); // there the key has a meaning of its own
      if (event.key === "Escape" && app.state.zone !== null && !typing) close();
    });

    function close() {
      const back = opener;
      opener = null;
      app.update({ zone: null });
      if (back && back.isConnected) back.focus();
      else if (box.contains(document.activeElement)) map.getContainer().focus();
    }

    const codes = (text) => text.split(";").filter(Boolean);

    function fieldText(name, row) {
      const text = atlas.text(name, row);
      if (text === "") return "";
      if (name === "id" && text === atlas.text("code", row)) return "";
      if (MONEY[name]) return atlas.money(...MONEY[name], atlas.read[name](row), 2);
      if (UNITS[name]) return atlas.word(UNITS[name][0], { value: atlas.number(atlas.read[name](row), UNITS[name][1]) });
      if (name === "adcode" || name === "spans" || name === "geocode_candidates") {
        return atlas.listed(codes(text).map((code) => atlas.division(code)));
      }
      if (name === "geocode_level") return atlas.coded("level", text);
      if (name === "geocode_method") return method(text);
      if (name === "geocode_source") return atlas.coded("source", text);
      return name === "province" || name === "level" || name === "type" ? atlas.term(text) : text;
    }

    // The words of the code's longest beginning that has some; its confidence behind them.
    function method(code) {
      const parts = code.split("-"), sure = parts.at(-1);
      for (let length = parts.length; length > 0; length--) {
        const stem = parts.slice(0, length).join("-"), how = atlas.coded("how", stem);
        if (how !== stem) return atlas.coded("sure", sure, { how }) === sure ? how : atlas.coded("sure", sure, { how });
      }
      return code;
    }

    const entry = (label, text) => [el("dt", {}, label), el("dd", {}, text)];

    function distances(row) {
      const list = el("dl");
      for (const layer of atlas.layers) {
        const hub = atlas.hubName(layer.hubs, layer.nearest_hub[row]);
        const km = atlas.word("unit_km", { value: atlas.way(layer.nearest_km[row], 1) });
        const label = atlas.layers.length > 1 || layer.made_up ? atlas.layerName(layer) : atlas.word("nearest");
        const [dt, dd] = entry(label, `${hub}, ${km}`);
        dd.classList.toggle("zg-current", layer === app.layer() && atlas.layers.length > 1);
        list.append(dt, dd);
      }
      for (const name of zg.CLUSTER_KM) {
        const km = atlas.clusterKm(app.layer(), name, row);
        if (km !== null) list.append(...entry(atlas.word(`field_${name}`), atlas.word("unit_km", { value: atlas.number(km, 1) })));
      }
      return list;
    }

    function show(row) {
      const kind = zg.CLASS_KEYS[atlas.classes[row]];
      const shut = el("button", { type: "button", className: "zg-close", "aria-label": atlas.word("close") }, "×");
      shut.addEventListener("click", close);
      const layer = app.layer();
      const parts = [
        shut,
        el("h2", { tabIndex: -1 }, atlas.name(row)),
        el("p", { className: "zg-quiet" }, atlas.otherName(row)),
        el("p", { className: "zg-far" }, el("b", {}, atlas.way(layer.nearest_km[row])), ` ${atlas.word("km")} · `,
          atlas.hubName(layer.hubs, layer.nearest_hub[row])),
        el("p", { className: "zg-class" }, el("span", { className: `zg-dot zg-${kind}`, "aria-hidden": "true" }),
          atlas.word(`class_${kind}`, { km: atlas.km(app.state.km) })),
        atlas.changed && atlas.changed[row] ? el("p", { className: "zg-change" }, atlas.word(zg.CHANGES[atlas.changed[row]])) : "",
        el("h3", {}, atlas.word("section_distance")),
        distances(row),
      ];
      for (const [section, names] of Object.entries(SECTIONS)) {
        const list = el("dl");
        for (const name of names) {
          const text = fieldText(name, row);
          if (text !== "") list.append(...entry(atlas.word(`field_${name}`), text));
        }
        if (list.children.length) parts.push(el("h3", {}, atlas.word(`section_${section}`)), list);
      }
      box.replaceChildren(...parts);
      box.hidden = false;
    }

    // Uncertainty circle, thin line to the nearest hub, candidates.
    function draw(row) {
      const layer = app.layer(), hub = layer.nearest_hub[row];
      const here = [atlas.lat[row], atlas.lon[row]];
      const there = hub < 0 ? here : [layer.hubs.lat[hub], layer.hubs.lon[hub]]; // no way, no line
      const line = { color: INK, weight: 1.4, interactive: false };
      marks.clearLayers();
      const radius = atlas.uncertainty[row] * 1000;
      if (radius > 0) L.circle(here, { ...line, radius, weight: 1, dashArray: "3 3", fillColor: INK, fillOpacity: 0.07 }).addTo(marks);
      L.polyline(arc(here, there), line).addTo(marks);
      L.circleMarker(here, { ...line, weight: 2.2, radius: 9, fill: false, pane: "zonegap-chosen" }).addTo(marks);
      for (const code of codes(atlas.text("geocode_candidates", row))) {
        const known = Object.hasOwn(atlas.payload.divisions, code) && atlas.payload.divisions[code];
        if (!known || known[2] === null) continue;
        const candidate = L.circleMarker([known[3], known[2]], { ...line, dashArray: "2 2", radius: 6, fill: false });
        candidate.bindTooltip(el("span", {}, atlas.division(code)), { permanent: true, className: "zg-tip" }).addTo(marks);
      }
    }

    function tooltip(found) {
      if (!found) return map.removeLayer(tip);
      const { kind, at } = found;
      let place, lines;
      if (kind === "zone") {
        const layer = app.layer(), key = zg.CLASS_KEYS[atlas.classes[at]];
        place = [atlas.lat[at], atlas.lon[at]];
        lines = [
          el("b", {}, atlas.name(at)),
          atlas.otherName(at) ? el("div", {}, atlas.otherName(at)) : "",
          el("div", { className: "zg-class" }, el("span", { className: `zg-dot zg-${key}` }, el("span", { className: "zg-hidden" }, atlas.word(`class_${key}`, { km: atlas.km(app.state.km) }))),
            `${atlas.hubName(layer.hubs, layer.nearest_hub[at])}, ${atlas.word("unit_km", { value: atlas.way(layer.nearest_km[at]) })}`),
        ];
      } else {
        const hubs = kind === "hub" ? app.layer().hubs : atlas.payload.new_hubs;
        place = [hubs.lat[at], hubs.lon[at]];
        const about = kind === "new" ? atlas.word("new_hub", { order: at + 1 }) : atlas.term(hubs.cluster[at]);
        const note = kind === "new" ? atlas.newHubsNote() : app.layer().made_up ? atlas.layerName(app.layer()) : "";
        const companies = hubs.companies && hubs.companies[at] > 0 ? atlas.word("companies", { count: atlas.number(hubs.companies[at]) }) : "";
        lines = [el("b", {}, atlas.hubName(hubs, at)), el("div", {}, [about, companies].filter(Boolean).join(" · ")), note ? el("div", { className: "zg-quiet" }, note) : ""];
      }
      tip.setLatLng(place).setContent(el("div", {}, ...lines)).addTo(map);
    }

    return {
      update(changed) {
        const row = app.chosen();
        document.body.classList.toggle("zg-open", row !== null);
        if (row === null) {
          marks.clearLayers();
          box.hidden = true;
          box.replaceChildren();
          return;
        }
        const focused = box.contains(document.activeElement);
        show(row);
        if (changed.has("zone")) box.scrollTop = 0;
        if (focused) box.querySelector(".zg-close").focus();
        if (changed.has("zone") || changed.has("layer") || changed.has("language")) draw(row);
      },
      tooltip,
      // What a screen reader is told of a zone that was chosen on the map.
      spoken(row) {
        const layer = app.layer(), kind = atlas.word(`class_${zg.CLASS_KEYS[atlas.classes[row]]}`, { km: atlas.km(app.state.km) });
        const km = atlas.way(layer.nearest_km[row]), hub = atlas.hubName(layer.hubs, layer.nearest_hub[row]);
        return atlas.word("spoken_zone", { name: atlas.name(row), km, hub, kind });
      },
      // On paper the zone's card lies on the map: the map moves down where it would hide the zone.
      uncover() {
        const row = app.chosen();
        if (row === null) return;
        const card = box.getBoundingClientRect(), frame = map.getContainer().getBoundingClientRect();
        const place = map.latLngToContainerPoint([atlas.lat[row], atlas.lon[row]]);
        const left = card.left - frame.left - CLEAR_PX, bottom = card.bottom - frame.top + CLEAR_PX;
        if (place.x > left && place.y < bottom) map.panBy([0, place.y - bottom], { animate: false });
      },
      // Moves the reader to the zone's fields, and remembers where to go back.
      enter(from) {
        opener = from;
        box.querySelector("h2").focus();
      },
    };
  }

  Object.assign(zg, { details, arc });
})((window.zonegap = window.zonegap || {}));
