/* Filters by province, level, type and year of approval. */
(function (zg) {
  "use strict";

  const { $, el } = zg;

  function filters(app) {
    const { atlas } = app;
    const groups = zg.FILTERS.filter((name) => atlas.columns[name]).map(setGroup);
    const years = atlas.columns.approved ? yearGroup() : null;
    $("zg-filter-groups").append(...groups.map((group) => group.node), ...(years ? [years.node] : []));
    $("zg-filters").hidden = !groups.length && !years;
    $("zg-clear").addEventListener("click", () => app.update({ filters: zg.noFilters() }));
    $("zg-fit").addEventListener("click", () => app.fit());
    $("zg-home").addEventListener("click", () => app.home());

    // A folded list of tick boxes; none ticked means all.
    function setGroup(name) {
      const column = atlas.columns[name];
      const values = [...new Set(column.dictionary || column.text)];
      const title = el("span"), state = el("b");
      const boxes = values.map((value) => {
        const box = el("input", { type: "checkbox", value });
        const text = el("span");
        box.addEventListener("change", () => {
          const chosen = boxes.filter((b) => b.box.checked).map((b) => b.value);
          app.update({ filters: { ...app.state.filters, [name]: chosen } });
        });
        return { value, box, text, label: el("label", { className: "zg-check" }, box, " ", text) };
      });
      const list = el("div", { className: "zg-choices", role: "group" }, ...boxes.map((b) => b.label));
      const node = el("details", { className: "zg-filter" }, el("summary", {}, title, " ", state), list);
      node.dataset.filter = name;
      function update() {
        const chosen = app.state.filters[name];
        title.textContent = atlas.word(name);
        list.setAttribute("aria-label", atlas.word(name));
        for (const { value, box, text } of boxes) {
          box.checked = chosen.includes(value);
          text.textContent = atlas.term(value) || "–";
        }
        state.textContent = summary(chosen.map((value) => atlas.term(value)));
        node.classList.toggle("zg-active", chosen.length > 0);
      }
      return { node, update };
    }

    function summary(chosen) {
      if (!chosen.length) return atlas.word("any");
      const text = atlas.listed(chosen);
      return text.length <= 44 ? text : atlas.word("chosen", { count: chosen.length });
    }

    function yearGroup() {
      const found = [...new Set(atlas.year)].filter((year) => year > 0).sort((a, b) => a - b);
      const title = el("span"), state = el("b");
      const selects = ["from", "to"].map((key) => {
        const select = el("select");
        select.dataset.year = key;
        select.append(el("option", { value: "" }), ...found.map((year) => el("option", { value: String(year) }, String(year))));
        select.addEventListener("change", () => {
          const year = select.value === "" ? null : Number(select.value);
          const years = { ...app.state.filters, [key]: year };
          const { from, to } = years, other = key === "from" ? "to" : "from";
          if (from !== null && to !== null && from > to) years[other] = year; // the other end gives way
          app.update({ filters: years });
        });
        return { key, select, text: el("span") };
      });
      const list = el(
        "div", { className: "zg-years" },
        ...selects.map(({ text, select }) => el("label", {}, text, " ", select)),
      );
      const node = el("details", { className: "zg-filter" }, el("summary", {}, title, " ", state), list);
      node.dataset.filter = "approved";
      function update() {
        const { from, to } = app.state.filters;
        title.textContent = atlas.word("approved");
        for (const { key, select, text } of selects) {
          text.textContent = atlas.word(`year_${key}`);
          select.options[0].textContent = atlas.word("any");
          const year = app.state.filters[key];
          select.value = year === null ? "" : String(year);
        }
        const any = from === null && to === null;
        state.textContent = any ? atlas.word("any") : `${from ?? ""}–${to ?? ""}`;
        node.classList.toggle("zg-active", !any);
      }
      return { node, update };
    }

    return {
      update(changed) {
        if (!changed.has("filters") && !changed.has("language")) return;
        for (const group of groups) group.update();
        if (years) years.update();
        $("zg-clear").disabled = !app.filtered;
      },
    };
  }

  zg.noFilters = () => ({ province: [], level: [], type: [], from: null, to: null });
  zg.filters = filters;
})((window.zonegap = window.zonegap || {}));
