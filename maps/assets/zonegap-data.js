/* What the page knows: the zones by column, their classes under a threshold, sums, words. */
(function (zg) {
  "use strict";

  const WITHIN = 0, UNSURE = 1, BEYOND = 2;
  const CLUSTER_KM = ["beijing_km", "zhejiang_km", "guangdong_km"];
  const CHANGES = ["", "changed_gained", "changed_lost"]; // words, by how a zone changes side
  const FILTERS = ["province", "level", "type"]; // filters by a set of values

  // A column of the payload as a function row -> value.
  function reader(column) {
    if (column.codes) return (row) => column.dictionary[column.codes[row]];
    const values = column.number || column.text;
    return (row) => values[row];
  }

  function doubles(values, length) {
    return values ? Float64Array.from(values, (v) => v ?? NaN) : new Float64Array(length);
  }

  class Atlas {
    constructor(payload) {
      this.payload = payload;
      this.columns = payload.columns;
      this.size = payload.radius_px.length;
      this.read = {};
      for (const [name, column] of Object.entries(payload.columns)) this.read[name] = reader(column);
      const numbers = (name) => payload.columns[name]?.number;
      // of a matrix the unit and the slider's end and step; it states no errors
      this.measure = payload.measure;
      this.uncertainty = doubles(this.measure ? null : numbers("uncertainty_km"), this.size);
      this.area = doubles(numbers("area_ha"), this.size);
      this.gdp = doubles(numbers("gdp_estimate_yi_cny"), this.size);
      // a table of zones may state no area
      const some = (name) => (numbers(name) || []).some((number) => number > 0);
      this.has = { area: some("area_ha"), gdp: some("gdp_estimate_yi_cny") };
      // where points are drawn: shifted where the tiles want it, else the position itself
      this.lon = doubles((payload.place || { lon: numbers("lon") }).lon, this.size);
      this.lat = doubles((payload.place || { lat: numbers("lat") }).lat, this.size);
      this.radius = Float64Array.from(payload.radius_px);
      this.layers = payload.layers.map((layer) => ({ ...layer, nearest_km: Float64Array.from(layer.nearest_km, (km) => km ?? Infinity) }));
      this.year = Int16Array.from({ length: this.size }, (_, row) => Number(this.text("approved", row).slice(0, 4)) || 0);
      this.rowOf = new Map();
      for (let row = 0; row < this.size; row++) this.rowOf.set(this.text("id", row), row);
      // of zones that lie on the other side in another study: 1 beyond there only, 2 here only
      this.changed = payload.changed && Uint8Array.from(payload.changed.zones);
      this.passes = new Uint8Array(this.size).fill(1);
      this.classes = new Uint8Array(this.size);
      this.medians = new Map();
      this.language = payload.first.language;
    }

    text(name, row) {
      return this.read[name] ? String(this.read[name](row) ?? "") : "";
    }

    // ---- words and numbers in the page's language

    // Texts stand in the order of the payload's languages.
    pick(texts) {
      return texts[this.payload.languages.indexOf(this.language)];
    }

    // Places and zones have a Chinese name and an English one, whatever the page's language.
    named(english, chinese) {
      return this.language === "zh" ? chinese : english;
    }

    listed(texts) {
      return texts.join(this.word("list_comma"));
    }

    word(key, values = {}) {
      const pair = this.payload.words[key];
      if (!pair) return key;
      const counted = this.pick(pair).replace(/\{(\w+):(\w+)\|(\w+)\}/g, (_, name, one, more) => (values[name] === "1" ? one : more));
      return counted.replace(/\{(\w+)\}/g, (mark, name) => (name in values ? String(values[name]) : mark));
    }

    // A code of the tables in words; one that has none stays as it is.
    coded(stem, code, values = {}) {
      const key = `${stem}_${code}`;
      return Object.hasOwn(this.payload.words, key) ? this.word(key, values) : code;
    }

    term(text) {
      const pair = Object.hasOwn(this.payload.terms, text) && this.payload.terms[text];
      return pair ? this.pick(pair) : text;
    }

    layerName(layer) {
      return this.pick(layer.name);
    }

    newHubsNote() {
      return this.payload.new_hubs_note ? this.pick(this.payload.new_hubs_note) : "";
    }

    // Filtered zones that change side: beyond in another study only, beyond in this one only.
    changes() {
      const counts = [0, 0, 0];
      for (let row = 0; row < this.size; row++) if (this.passes[row]) counts[this.changed[row]]++;
      return counts.slice(1);
    }

    // Distance to a cluster's nearest hub under a layer; null where that is not known.
    clusterKm(layer, name, row) {
      return layer.cluster_km ? layer.cluster_km[name][row] : null;
    }

    division(code) {
      const known = Object.hasOwn(this.payload.divisions, code) && this.payload.divisions[code];
      return known ? `${this.named(known[0], known[1])} (${code})` : code;
    }

    number(value, digits = 0) {
      if (!Number.isFinite(value)) return "–";
      return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    }

    // Money given in 100 million CNY (亿元), as English readers count it and as Chinese readers do.
    money(key, yi, digits) {
      return this.word(key, { value: this.number(yi, digits), billion: this.number(yi / 10, digits + 1) });
    }

    // What a way takes: hours with a decimal.
    way(value) {
      return this.number(value, this.measure && this.measure.end < 100 ? 1 : 0);
    }

    // A threshold as it is typed: no trailing zeros, all digits that matter.
    km(value) {
      return value.toLocaleString("en-US", { maximumFractionDigits: 6 });
    }

    // A threshold that was typed or linked: plain decimals within the Earth; null for anything else.
    kmOf(text) {
      const km = /^\d+(\.\d*)?$/.test(text ?? "") ? Number(text) : NaN;
      const plain = /^[\d.]+$/.test(String(km)); // and so it is written again
      return plain && km <= this.payload.farthest_km ? km : null;
    }

    name(row) {
      const names = [this.text("name_en", row) || this.text("name", row), this.text("name", row)];
      return this.named(...names);
    }

    otherName(row) {
      const names = [this.text("name", row), this.text("name_en", row)];
      const other = this.named(...names);
      return other === this.name(row) ? "" : other;
    }

    hubName(hubs, at) {
      return at < 0 ? this.word("no_hub") : this.named(hubs.name_en[at], hubs.name[at]);
    }

    // ---- filters, classes, sums

    filter(filters) {
      const tests = [];
      for (const name of FILTERS) {
        const column = this.columns[name];
        if (!column || !filters[name].length) continue;
        const wanted = new Set(filters[name]);
        if (column.codes) {
          const codes = column.dictionary.map((value) => wanted.has(value));
          tests.push((row) => codes[column.codes[row]]);
        } else {
          tests.push((row) => wanted.has(column.text[row]));
        }
      }
      if (filters.from !== null) tests.push((row) => this.year[row] >= filters.from);
      if (filters.to !== null) tests.push((row) => this.year[row] > 0 && this.year[row] <= filters.to);
      this.medians.clear();
      for (let row = 0; row < this.size; row++) this.passes[row] = tests.every((test) => test(row)) ? 1 : 0;
      return tests.length > 0;
    }

    // The same comparisons, on the same doubles, as zones.thresholds.count_beyond.
    classify(layer, km) {
      const nearest = layer.nearest_km;
      for (let row = 0; row < this.size; row++) {
        const d = nearest[row], u = this.uncertainty[row];
        this.classes[row] = d - u > km ? BEYOND : d + u > km ? UNSURE : WITHIN;
      }
    }

    // Sums over the filtered zones; `only` narrows them to a province.
    sums(layer, km, only = null) {
      const sums = { zones: 0, beyond: 0, byClass: [0, 0, 0], area: 0, areaBeyond: 0, gdp: 0, gdpBeyond: 0 };
      for (let row = 0; row < this.size; row++) {
        if (!this.passes[row] || (only !== null && this.read.province(row) !== only)) continue;
        sums.zones++;
        sums.byClass[this.classes[row]]++;
        sums.area += this.area[row] || 0;
        sums.gdp += this.gdp[row] || 0;
        if (layer.nearest_km[row] > km) {
          sums.beyond++;
          sums.areaBeyond += this.area[row] || 0;
          sums.gdpBeyond += this.gdp[row] || 0;
        }
      }
      sums.surely = sums.byClass[BEYOND];
      sums.possibly = sums.byClass[BEYOND] + sums.byClass[UNSURE];
      return sums;
    }

    // Of the filtered zones' distances; kept, since no threshold changes it.
    median(layer, province) {
      const key = `${layer.key} ${province}`;
      if (!this.medians.has(key)) {
        const values = [];
        for (let row = 0; row < this.size; row++) {
          if (!this.passes[row] || (province !== null && this.read.province(row) !== province)) continue;
          values.push(layer.nearest_km[row]);
        }
        const sorted = Float64Array.from(values).sort(), half = sorted.length >> 1;
        this.medians.set(key, sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2);
      }
      return this.medians.get(key);
    }

    // Number of filtered zones by class in each of `bins` steps of `stepKm`; the last holds the rest.
    histogram(layer, stepKm, bins) {
      const counts = Array.from({ length: bins }, () => [0, 0, 0]);
      for (let row = 0; row < this.size; row++) {
        if (!this.passes[row]) continue;
        const bin = Math.min(bins - 1, Math.floor(layer.nearest_km[row] / stepKm));
        counts[bin][this.classes[row]]++;
      }
      return counts;
    }
  }

  Object.assign(zg, { Atlas, WITHIN, UNSURE, BEYOND, CHANGES, FILTERS, CLUSTER_KM });
})((window.zonegap = window.zonegap || {}));
