/* Joins the parts: one state, and every part told what has changed in it. */
(function (zg) {
  "use strict";

  const { $ } = zg;
  const DRAWER_PX = 380; // what the chosen zone's fields cover of a wide map
  // as in zonegap-map.css: the page is one column, the map above
  const NARROW = window.matchMedia("screen and (max-width: 900px), screen and (max-height: 500px)");
  const FEW = 3; // zones are shown with their hubs, and not nearer than
  const FEW_ZOOM = 7, FIT_ZOOM = 10;

  class App {
    constructor(map, payload) {
      const { threshold_km: km, language, layer } = payload.first;
      this.map = map;
      this.atlas = new zg.Atlas(payload);
      this.state = { km, language, layer, filters: zg.noFilters(), zone: null, showHubs: true, showNewHubs: true, showChanged: true };
      this.pointed = null; // the row under the pointer, or under the focus in the list
      this.points = new zg.PointLayer(this.atlas, payload.colours);
      this.points.layer = this.layer();
    }

    start() {
      const { map } = this;
      const container = map.getContainer();
      container.setAttribute("role", "region");
      container.id ||= "zg-map";
      const chosen = map.createPane("zonegap-chosen");
      chosen.style.zIndex = 460;
      chosen.style.pointerEvents = "none";
      L.control.zoom({ position: "topleft" }).addTo(map);
      L.control.scale({ position: "bottomleft", imperial: false }).addTo(map);
      map.invalidateSize({ animate: false, pan: false });
      this.home();
      this.atlas.classify(this.layer(), this.state.km);
      this.points.addTo(map);
      this.details = zg.details(this);
      this.panel = zg.panel(this);
      this.parts = [this.panel, zg.filters(this), zg.search(this), this.details, zg.share(this)];
      this.listen();
      this.update({}, ["language", "layer", "filters", "km", "zone"]);
      if (location.hash.length > 1) this.restore(location.hash);
    }

    layer() {
      return this.atlas.layers.find((layer) => layer.key === this.state.layer);
    }

    chosen() {
      return this.state.zone === null ? null : this.atlas.rowOf.get(this.state.zone);
    }

    // Takes over changes of the state and tells every part which they are.
    update(changes, also = []) {
      const { atlas, state } = this;
      const changed = new Set([...Object.keys(changes), ...also]);
      Object.assign(state, changes);
      atlas.language = state.language;
      if (changed.has("filters")) {
        this.filtered = atlas.filter(state.filters);
        this.pointed = null;
        const chosen = this.chosen();
        if (chosen !== null && !atlas.passes[chosen]) {
          state.zone = null; // its dot is gone, so its line and its fields go too
          changed.add("zone");
        }
      }
      if (changed.has("km") || changed.has("layer")) atlas.classify(this.layer(), state.km);
      this.sums = atlas.sums(this.layer(), state.km);
      const { showHubs, showNewHubs, showChanged } = state;
      Object.assign(this.points, { layer: this.layer(), showHubs, showNewHubs, showChanged });
      if (["km", "layer", "filters", "showHubs", "showNewHubs", "showChanged"].some((key) => changed.has(key))) this.points.redrawSoon();
      for (const part of this.parts) part.update(changed);
      if (changed.has("language")) this.showControlWords();
    }

    restore(fragment) {
      const { state, view } = zg.stateOf(this, fragment);
      if (view) this.map.setView([view[0], view[1]], view[2], { animate: false });
      this.update(state);
      if (!view && this.chosen() !== null) this.select(this.chosen(), { pan: true });
    }

    showControlWords() {
      for (const key of ["in", "out"]) {
        const button = this.map.getContainer().querySelector(`.leaflet-control-zoom-${key}`);
        button.title = this.atlas.word(`zoom_${key}`);
        button.setAttribute("aria-label", button.title);
      }
    }

    // ---- the map

    bounds(rows) {
      const { lat, lon } = this.atlas;
      const bounds = L.latLngBounds([]);
      for (const row of rows) bounds.extend([lat[row], lon[row]]);
      return bounds;
    }

    fitRows(all) {
      const rows = [...all], { hubs, nearest_hub: nearest } = this.layer();
      const bounds = this.bounds(rows), few = rows.length <= FEW;
      if (few) for (const row of rows.filter((each) => nearest[each] >= 0)) bounds.extend([hubs.lat[nearest[row]], hubs.lon[nearest[row]]]);
      const { centre, zoom } = this.atlas.payload.home;
      if (bounds.isValid()) this.map.fitBounds(bounds, { padding: [24, 24], maxZoom: few ? FEW_ZOOM : FIT_ZOOM, animate: false });
      else this.map.setView(centre, zoom, { animate: false });
    }

    home() {
      const { bounds } = this.atlas.payload.home;
      if (bounds) this.map.fitBounds(bounds, { padding: [24, 24], animate: false });
      else this.fitRows(this.atlas.radius.keys());
    }

    fit() {
      this.fitRows([...this.atlas.passes.keys()].filter((row) => this.atlas.passes[row]));
    }

    // Shows the province of a zone; without one that of the chosen zone.
    hover(row) {
      if (row === this.pointed) return;
      this.pointed = row;
      this.panel.showProvince();
    }

    province() {
      const row = this.pointed ?? this.chosen();
      return row === null || !this.atlas.read.province ? null : this.atlas.read.province(row);
    }

    select(row, { pan = false, from = null } = {}) {
      this.pointed = null; // the chosen zone's province counts now
      this.update({ zone: row === null ? null : this.atlas.text("id", row) });
      if (row === null) return;
      if (from) this.details.enter(from);
      else this.panel.say(this.details.spoken(row));
      const { map, atlas } = this;
      const place = L.latLng(atlas.lat[row], atlas.lon[row]);
      const wide = !NARROW.matches;
      if (pan) {
        const zoom = Math.max(map.getZoom(), 6);
        const middle = map.project(place, zoom).add([wide ? DRAWER_PX / 2 : 0, 0]);
        map.setView(map.unproject(middle, zoom), zoom, { animate: false });
      } else if (wide) {
        const hidden = map.latLngToContainerPoint(place).x - (map.getSize().x - DRAWER_PX - 30);
        if (hidden > 0) map.panBy([hidden, 0]);
      }
    }

    listen() {
      const { map } = this;
      const container = map.getContainer();
      let over = "";
      const point = (event, reach) => {
        const found = this.points.find(event.containerPoint, reach);
        const name = found ? `${found.kind}${found.at}` : "";
        if (name === over) return;
        over = name;
        container.classList.toggle("zg-pointing", found !== null && found.kind === "zone");
        this.details.tooltip(found);
        this.hover(found && found.kind === "zone" ? found.at : null);
      };
      map.on("mousemove", (event) => point(event));
      const leave = () => {
        over = "";
        this.details.tooltip(null);
      };
      map.on("movestart zoomstart", leave);
      map.on("mouseout", () => {
        leave();
        this.hover(null);
      });
      map.on("click", (event) => {
        const touch = event.originalEvent.pointerType === "touch";
        const found = this.points.find(event.containerPoint, touch ? zg.TOUCH_PX : undefined);
        if (found && found.kind === "zone") this.select(found.at);
        else if (!found) this.select(null);
      });
      // where the map comes first to the eye it comes first to ear and key, too
      const order = () => {
        const panel = $("zg-panel"), details = $("zg-details");
        if (NARROW.matches) panel.before(container, details);
        else panel.after(container, details);
      };
      order();
      NARROW.addEventListener("change", order);
      new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(container);
      for (const link of document.querySelectorAll("[data-skip]")) {
        link.addEventListener("click", (event) => {
          event.preventDefault(); // the address belongs to the view
          (link.dataset.skip === "map" ? container : $(link.dataset.skip)).focus();
        });
      }
    }
  }

  zg.start = (map) => {
    const viewport = document.querySelector("meta[name=viewport]");
    if (viewport) viewport.content = "width=device-width, initial-scale=1"; // readers may zoom the page
    const payload = JSON.parse($("zg-data").textContent);
    zg.app = new App(map, payload);
    zg.app.start();
    zg.readyAt = performance.now(); // for benchmarks/map_page.py
  };
})((window.zonegap = window.zonegap || {}));
