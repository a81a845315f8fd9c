/* Zones and hubs on one canvas of the map, so that 100,000 points stay quick. */
(function (zg) {
  "use strict";

  const MARGIN = 0.15; // of the map's size, drawn beyond each side so that a short drag shows no edge
  const CELL_PX = 24; // of the grid that finds the point under the pointer
  const MANY = 20000; // from here on circles are drawn smaller, and of a class once in each cell of
  const CROWD_PX = 2;
  const LOST = 2; // of a zone that lies beyond here and not in another study
  const RING = "#1d2b36", RING_GAP_PX = 2, DASH_PX = [2.5, 2];
  const TOUCH_PX = 6; // how near a finger must come

  // World coordinates of the Web Mercator square, 0 to 1.
  function mercator(lon, lat) {
    const x = new Float64Array(lon.length), y = new Float64Array(lon.length);
    for (let i = 0; i < lon.length; i++) {
      const sine = Math.sin((lat[i] * Math.PI) / 180);
      x[i] = lon[i] / 360 + 0.5;
      y[i] = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
    }
    return { x, y };
  }

  // Hub marks by cluster: shape tells them apart without colour. Unit size, centre at 0.
  const SHAPES = {
    Beijing: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
    Zhejiang: [[0, -1.15], [1.15, 0], [0, 1.15], [-1.15, 0]],
    Guangdong: [[0, -1.1], [1.1, 0.85], [-1.1, 0.85]],
    Other: [[0, -1.1], [1.05, -0.35], [0.65, 0.9], [-0.65, 0.9], [-1.05, -0.35]],
    new: Array.from({ length: 10 }, (_, i) => {
      const r = i % 2 ? 0.65 : 1.55, a = (i * Math.PI) / 5 - Math.PI / 2;
      return [r * Math.cos(a), r * Math.sin(a)];
    }),
  };

  const shapeOf = (cluster) => (Object.hasOwn(SHAPES, cluster) ? cluster : "Other");

  const PointLayer = L.Layer.extend({
    initialize(atlas, colours) {
      this.atlas = atlas;
      this.colours = colours;
      this.world = mercator(atlas.lon, atlas.lat);
      this.layer = null; // whose hubs are shown
      this.showHubs = true;
      this.showNewHubs = true;
      this.showChanged = true;
      this.ratio = 0; // device pixels a CSS pixel; 0: the screen's
      // large circles first, so that small ones stay on top
      this.order = Uint32Array.from(atlas.radius.keys()).sort((a, b) => atlas.radius[b] - atlas.radius[a] || a - b);
      this.hubWorld = new Map();
      const added = atlas.payload.new_hubs;
      this.newHubs = added && { ...added, ...mercator(added.lon, added.lat) };
    },

    onAdd(map) {
      this.map = map;
      const pane = map.getPane("zonegap") || map.createPane("zonegap");
      pane.style.zIndex = 450;
      this.canvas = this.newCanvas();
      this.redraw();
    },

    newCanvas() {
      const canvas = L.DomUtil.create("canvas", "zg-canvas leaflet-zoom-animated", this.map.getPane("zonegap"));
      canvas.setAttribute("aria-hidden", "true");
      return canvas;
    },

    // A sharper drawing for paper; 0 goes back to the screen's.
    setRatio(ratio) {
      this.ratio = ratio;
      this.canvas.remove();
      this.canvas = this.newCanvas();
      // Chromium prints a plain canvas without its transparency
      if (ratio) this.canvas.getContext("2d", { willReadFrequently: true });
      this.redraw();
    },

    onRemove() {
      this.canvas.remove();
    },

    getEvents() {
      return { moveend: this.redraw, viewreset: this.redraw, resize: this.redraw, zoomanim: this.animate };
    },

    animate(event) {
      const scale = this.map.getZoomScale(event.zoom, this.drawnZoom);
      const place = this.map._latLngToNewLayerPoint(this.corner, event.zoom, event.center);
      L.DomUtil.setTransform(this.canvas, place, scale);
    },

    hubsOf(layer) {
      if (!this.hubWorld.has(layer)) this.hubWorld.set(layer, mercator(layer.hubs.lon, layer.hubs.lat));
      return { ...layer.hubs, ...this.hubWorld.get(layer) };
    },

    // One drawing a frame, however many changes ask for it.
    redrawSoon() {
      if (this.frame) return;
      this.frame = requestAnimationFrame(() => {
        this.frame = 0;
        this.redraw();
      });
    },

    redraw() {
      const map = this.map, size = map.getSize();
      if (!map || !size.x || !size.y) return;
      const margin = size.multiplyBy(MARGIN).round();
      const origin = map.containerPointToLayerPoint(margin.multiplyBy(-1));
      const width = size.x + 2 * margin.x, height = size.y + 2 * margin.y;
      const ratio = this.ratio || window.devicePixelRatio || 1;
      this.corner = map.layerPointToLatLng(origin);
      this.drawnZoom = map.getZoom();
      L.DomUtil.setTransform(this.canvas, origin, 1);
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
      // canvas pixel of a world coordinate: world * scale - shift
      const scale = 256 * 2 ** this.drawnZoom;
      const shift = origin.add(map.getPixelOrigin());
      this.view = { scale, x: shift.x, y: shift.y, width, height, origin };
      this.grow = Math.max(0.75, 0.8 + 0.13 * (this.drawnZoom - 3)) * (this.atlas.size > MANY ? 0.6 : 1);
      this.hits = null;
      const context = this.canvas.getContext("2d");
      this.drawZones(context, ratio);
      if (this.showChanged && this.atlas.changed) this.drawChanged(context, ratio);
      if (this.showHubs && this.layer) this.drawHubs(context, ratio);
      if (this.showNewHubs && this.newHubs) this.drawNewHubs(context, ratio);
    },

    drawZones(context, ratio) {
      const { scale, x: left, y: top, width, height } = this.view;
      const { passes, classes, radius } = this.atlas;
      const sprites = new Map();
      const crowded = this.atlas.size > MANY, across = Math.ceil((width + 40) / CROWD_PX);
      const drawn = new Uint8Array(crowded ? across * Math.ceil((height + 40) / CROWD_PX) : 0);
      for (const row of this.order) {
        if (!passes[row]) continue;
        const x = this.world.x[row] * scale - left, y = this.world.y[row] * scale - top;
        if (x < -20 || y < -20 || x > width + 20 || y > height + 20) continue;
        if (crowded) {
          const cell = Math.floor((y + 20) / CROWD_PX) * across + Math.floor((x + 20) / CROWD_PX);
          if (drawn[cell] & (1 << classes[row])) continue; // a larger circle of its class is there
          drawn[cell] |= 1 << classes[row];
        }
        const key = radius[row] * 4 + classes[row] / 2;
        let sprite = sprites.get(key);
        if (!sprite) sprites.set(key, (sprite = this.circle(radius[row] * this.grow, classes[row], ratio)));
        context.drawImage(sprite, Math.round(x * ratio - sprite.width / 2), Math.round(y * ratio - sprite.height / 2));
      }
    },

    // A ring around each zone that changes side: whole, or broken where it lies beyond here only.
    drawChanged(context, ratio) {
      const { scale, x: left, y: top, width, height } = this.view;
      const { passes, changed, radius } = this.atlas;
      for (const row of this.order) {
        if (!passes[row] || !changed[row]) continue;
        const x = this.world.x[row] * scale - left, y = this.world.y[row] * scale - top;
        if (x < -20 || y < -20 || x > width + 20 || y > height + 20) continue;
        const r = (Math.max(1.2, radius[row] * this.grow) + RING_GAP_PX) * ratio;
        context.beginPath();
        context.setLineDash(changed[row] === LOST ? DASH_PX.map((px) => px * ratio) : []);
        context.arc(x * ratio, y * ratio, r, 0, 2 * Math.PI);
        context.lineWidth = 1.6 * ratio;
        context.strokeStyle = RING;
        context.stroke();
      }
      context.setLineDash([]);
    },

    circle(radius, kind, ratio) {
      const sprite = document.createElement("canvas");
      const r = Math.max(1.2, radius) * ratio;
      sprite.width = sprite.height = 2 * Math.ceil(r + ratio);
      const context = sprite.getContext("2d"), centre = sprite.width / 2;
      if (kind === zg.WITHIN) {
        // a ring, so that grey print and every eye tell it from the full circles
        const line = Math.min(1.5 * ratio, 0.65 * r);
        context.arc(centre, centre, r - line / 2, 0, 2 * Math.PI);
        context.fillStyle = "rgb(255 255 255 / 80%)";
        context.fill();
        context.lineWidth = line;
        context.strokeStyle = this.colours[kind];
        context.stroke();
        return sprite;
      }
      context.arc(centre, centre, r, 0, 2 * Math.PI);
      context.globalAlpha = 0.82;
      context.fillStyle = this.colours[kind];
      context.fill();
      context.globalAlpha = 0.9;
      context.lineWidth = 0.6 * ratio;
      context.strokeStyle = "#fff";
      context.stroke();
      return sprite;
    },

    drawHubs(context, ratio) {
      const hubs = this.hubsOf(this.layer);
      const r = (hubs.name.length > 500 ? 3 : 4.5) * Math.max(1, 0.85 + 0.08 * (this.drawnZoom - 4)) * ratio;
      for (let at = 0; at < hubs.name.length; at++) {
        this.polygon(context, SHAPES[shapeOf(hubs.cluster[at])], hubs.x[at], hubs.y[at], r, ratio, this.colours[3], "#fff");
      }
    },

    drawNewHubs(context, ratio) {
      const { x, y, name } = this.newHubs;
      for (let at = 0; at < name.length; at++) {
        const [px, py] = this.polygon(context, SHAPES.new, x[at], y[at], 7 * ratio, ratio, "#fff", this.colours[3]);
        context.font = `600 ${11 * ratio}px Arial, sans-serif`;
        context.textBaseline = "middle";
        context.lineWidth = 3 * ratio;
        context.strokeStyle = "#fff";
        context.strokeText(String(at + 1), px + 11 * ratio, py);
        context.fillStyle = this.colours[3];
        context.fillText(String(at + 1), px + 11 * ratio, py);
      }
    },

    polygon(context, shape, worldX, worldY, r, ratio, fill, stroke) {
      const { scale, x, y } = this.view;
      const px = (worldX * scale - x) * ratio, py = (worldY * scale - y) * ratio;
      context.beginPath();
      for (const [dx, dy] of shape) context.lineTo(px + dx * r, py + dy * r);
      context.closePath();
      context.fillStyle = fill;
      context.fill();
      context.lineWidth = 1.2 * ratio;
      context.strokeStyle = stroke;
      context.lineJoin = "round";
      context.stroke();
      return [px, py];
    },

    // ---- what is under the pointer

    // Rows by grid cell, as linked lists in two arrays; made when first asked for after a drawing.
    grid() {
      if (this.hits) return this.hits;
      const { scale, x: left, y: top, width, height } = this.view;
      const across = Math.ceil(width / CELL_PX), down = Math.ceil(height / CELL_PX);
      const head = new Int32Array(across * down).fill(-1), next = new Int32Array(this.atlas.size).fill(-1);
      for (const row of this.order) {
        if (!this.atlas.passes[row]) continue;
        const column = Math.floor((this.world.x[row] * scale - left) / CELL_PX);
        const line = Math.floor((this.world.y[row] * scale - top) / CELL_PX);
        if (column < 0 || line < 0 || column >= across || line >= down) continue;
        next[row] = head[line * across + column];
        head[line * across + column] = row;
      }
      this.hits = { head, next, across, down };
      return this.hits;
    },

    // {kind: "zone" | "hub" | "new", at} at a point of the map's container, or null.
    find(containerPoint, reach = 1.5) {
      const point = this.map.containerPointToLayerPoint(containerPoint).subtract(this.view.origin);
      const marks = [];
      if (this.showNewHubs && this.newHubs) marks.push(["new", this.newHubs, 8]);
      if (this.showHubs && this.layer) marks.push(["hub", this.hubsOf(this.layer), 5.5]);
      for (const [kind, places, r] of marks) {
        const at = this.nearestOf(places, point, r + reach);
        if (at >= 0) return { kind, at };
      }
      const row = this.zoneAt(point, reach);
      return row < 0 ? null : { kind: "zone", at: row };
    },

    nearestOf(places, point, within) {
      const { scale, x, y } = this.view;
      let best = -1, bestDistance = within;
      for (let at = 0; at < places.name.length; at++) {
        const d = Math.hypot(places.x[at] * scale - x - point.x, places.y[at] * scale - y - point.y);
        if (d <= bestDistance) [best, bestDistance] = [at, d];
      }
      return best;
    },

    zoneAt(point, reach) {
      const { head, next, across, down } = this.grid();
      const { scale, x, y } = this.view;
      const largest = 12 * this.grow + reach, cells = Math.ceil(largest / CELL_PX);
      const column = Math.floor(point.x / CELL_PX), line = Math.floor(point.y / CELL_PX);
      let best = -1, bestGap = Infinity;
      for (let l = Math.max(0, line - cells); l <= Math.min(down - 1, line + cells); l++) {
        for (let c = Math.max(0, column - cells); c <= Math.min(across - 1, column + cells); c++) {
          for (let row = head[l * across + c]; row >= 0; row = next[row]) {
            const d = Math.hypot(this.world.x[row] * scale - x - point.x, this.world.y[row] * scale - y - point.y);
            if (d > Math.max(1.2, this.atlas.radius[row] * this.grow) + reach) continue;
            if (d < bestGap) [best, bestGap] = [row, d];
          }
        }
      }
      return best;
    },
  });

  // A hub's mark for the legend, as SVG in an element that is already in the page.
  function drawMark(svg, cluster, filled) {
    const points = SHAPES[cluster === "new" ? "new" : shapeOf(cluster)].map(([x, y]) => `${x * 5},${y * 5}`).join(" ");
    svg.replaceChildren(zg.svg("polygon", { points, class: filled ? "zg-mark" : "zg-mark zg-mark-open" }));
  }

  // The ring of zones that change side, for the legend.
  function drawRing(svg, change) {
    const dash = change === LOST ? { "stroke-dasharray": DASH_PX.join(" ") } : {};
    svg.replaceChildren(zg.svg("circle", { r: 5.5, fill: "none", stroke: RING, "stroke-width": 1.6, ...dash }));
  }

  Object.assign(zg, { PointLayer, drawMark, drawRing, TOUCH_PX });
})((window.zonegap = window.zonegap || {}));
