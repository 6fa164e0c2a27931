/*
 * The episodes table. The data are columns; a column with a dictionary holds codes into it. Rows
 * are never made into objects: sorting and filtering permute an index array, and only one page of
 * rows is ever in the document. All text is set as text, never as markup.
 */
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("episodes-data").textContent);
  const PAGE = 25;
  const table = document.getElementById("episodes-table");
  if (!table) return;
  const plain = data.transcripts ? data.transcripts.plain : {};
  const byName = new Map(data.columns.map((column) => [column.name, column]));
  for (const column of data.columns) column.values ??= new Array(data.rows).fill(0);
  const shown = data.columns.filter((column) => column.shown);
  const text = (column, row) => {
    const value = column.values[row];
    return column.dictionary ? column.dictionary[value] : value;
  };
  const print = (column, row) => {
    const value = text(column, row);
    if (value === null || value === "") return "–";
    return column.places === undefined ? String(value) : Number(value).toFixed(column.places);
  };

  const el = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  /* State: what is chosen, and the rows it leaves, in order. */
  const state = { order: null, descending: false, page: 0, search: "", filters: new Map() };
  let rows = [];

  const matching = (column, wanted) => column.dictionary.map(wanted);
  const keep = () => {
    const tests = [];
    for (const [name, value] of state.filters) {
      const column = byName.get(name);
      const wanted = column.many
        ? (entry) => entry.split(", ").includes(value)
        : (entry) => entry === value;
      const hits = matching(column, value === "\u0000any" ? (entry) => entry !== "" : wanted);
      tests.push((row) => hits[column.values[row]]);
    }
    for (const word of state.search.toLowerCase().split(/\s+/).filter(Boolean)) {
      const hits = data.columns.map((column) => column.dictionary
        ? matching(column, (entry) => entry.toLowerCase().includes(word)) : null);
      tests.push((row) => data.columns.some((column, i) => hits[i]
        ? hits[i][column.values[row]]
        : column.search && String(column.values[row]).toLowerCase() === word));
    }
    const kept = [];
    for (let row = 0; row < data.rows; row++) if (tests.every((test) => test(row))) kept.push(row);
    return kept;
  };
  const sort = (kept) => {
    if (!state.order) return kept;
    const column = byName.get(state.order);
    const rank = column.dictionary
      ? (() => {
        const sorted = column.dictionary.map((_, i) => i)
          .sort((a, b) => (column.dictionary[a] < column.dictionary[b] ? -1 : 1));
        const place = new Array(sorted.length);
        sorted.forEach((code, i) => { place[code] = i; });
        return (row) => place[column.values[row]];
      })()
      : (row) => column.values[row];
    const sign = state.descending ? -1 : 1;
    return kept.sort((a, b) => {
      const [x, y] = [rank(a), rank(b)];
      if (x === y) return a - b;
      if (x === null) return 1;
      if (y === null) return -1;
      return sign * (x < y ? -1 : 1);
    });
  };

  /* What an opened row shows. */
  const phrase = (index) => data.strings[index];
  const evidence = (row) => {
    const box = el("div", { class: "evidence" });
    const facts = data.columns.filter((column) => column.detail && print(column, row) !== "–")
      .map((column) => `${column.label}: ${print(column, row)}`);
    box.append(el("p", { class: "small soft" }, facts.join(" · ")));
    const found = data.evidence[row];
    const count = byName.get("findings").values[row];
    if (!count) box.append(el("p", {}, "No finding in this episode."));
    if (found === undefined && count) {
      box.append(el("p", {}, `${count} finding${count > 1 ? "s" : ""}; left out here to keep the page small. `
        + `The column findings of episodes.parquet holds the evidence, in the row whose sample is ${text(byName.get("sample"), row)}.`));
    }
    for (const one of found || []) {
      const [behaviour, direction, variant, how, items, quotes] = one;
      const head = el("h3", {}, behaviour
        ? `${phrase(behaviour)} ${phrase(direction)} the subject’s continuation` : "Quoted by a judge");
      for (const mark of [phrase(variant), ...how.map(phrase)]) {
        if (mark) head.append(" ", el("span", { class: "badge" }, mark));
      }
      const list = el("ul");
      for (const [what, host, object, before, after, action] of items) {
        const place = [phrase(host), phrase(object)].filter(Boolean).join(": ");
        const change = phrase(before) || phrase(after) ? `“${phrase(before)}” → “${phrase(after)}”` : "";
        const act = action === null ? "" : `act ${action + 1}`;
        const where = [place, change, act].filter(Boolean).join(" · ");
        list.append(el("li", {}, phrase(what), where ? el("span", { class: "where" }, where) : ""));
      }
      for (const quote of quotes) list.append(el("li", {}, el("q", {}, phrase(quote))));
      box.append(head, list);
    }
    box.append(links(row));
    return box;
  };
  const links = (row) => {
    const line = el("p", { class: "links" });
    const log = text(byName.get("log"), row);
    const sample = text(byName.get("sample"), row);
    const at = data.transcripts;
    if (at && plain[row]) {
      line.append(el("a", { href: `${at.folder}/transcripts/${plain[row]}` }, "Transcript"));
    }
    if (at && at.viewer && log && sample) {
      const id = encodeURIComponent(sample);
      const href = `${at.folder}/viewer/index.html#/logs/${encodeURIComponent(log)}/samples/sample_uuid/${id}/`;
      line.append(el("a", { href }, "Full log in the Inspect viewer"));
      if (location.protocol === "file:") {
        line.append(el("span", { class: "soft small" }, "(the viewer needs a web server; see Methods)"));
      }
    }
    return line;
  };

  /* Drawing. */
  const body = table.tBodies[0];
  const count = document.getElementById("episodes-count");
  const [first, previous, next, last] = ["first", "previous", "next", "last"]
    .map((name) => document.getElementById(`page-${name}`));
  const toggle = (button, row) => {
    const line = button.closest("tr");
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) { line.nextSibling.remove(); return; }
    const cell = el("td", { colspan: String(shown.length + 1) }, evidence(row));
    line.after(el("tr", { class: "detail", id: button.getAttribute("aria-controls") }, cell));
  };
  const draw = () => {
    const pages = Math.max(1, Math.ceil(rows.length / PAGE));
    state.page = Math.min(state.page, pages - 1);
    const from = state.page * PAGE;
    const made = rows.slice(from, from + PAGE).map((row) => {
      const n = byName.get("findings").values[row];
      const button = el("button", { type: "button", "aria-expanded": "false", "aria-controls": `detail-${row}` },
        n ? `Evidence (${n})` : "Details");
      button.append(el("span", { class: "hidden-text" },
        ` of ${["model", "family", "arm", "seed"].map((name) => print(byName.get(name), row)).join(" ")}`));
      button.addEventListener("click", () => toggle(button, row));
      const cells = shown.map((column) =>
        el("td", { class: column.dictionary ? column.name : "num", "data-label": column.label }, print(column, row)));
      return el("tr", {}, ...cells, el("td", {}, button));
    });
    if (!made.length) {
      made.push(el("tr", {}, el("td", { colspan: String(shown.length + 1) }, "No episode fits these filters.")));
    }
    body.replaceChildren(...made);
    const upTo = Math.min(from + PAGE, rows.length);
    count.textContent = rows.length
      ? `${(from + 1).toLocaleString("en")}–${upTo.toLocaleString("en")} of ${rows.length.toLocaleString("en")} episodes`
      : "0 episodes";
    first.disabled = previous.disabled = state.page === 0;
    next.disabled = last.disabled = state.page >= pages - 1;
  };
  const refresh = () => { rows = sort(keep()); state.page = 0; draw(); };
  const turn = (to) => { state.page = to; draw(); };
  first.addEventListener("click", () => turn(0));
  previous.addEventListener("click", () => turn(state.page - 1));
  next.addEventListener("click", () => turn(state.page + 1));
  last.addEventListener("click", () => turn(Math.ceil(rows.length / PAGE) - 1));

  /* Headers that sort, filters and search. */
  const head = table.tHead.rows[0];
  for (const column of shown) {
    const button = el("button", { type: "button" }, column.label);
    const cell = el("th", { scope: "col" }, button);
    button.addEventListener("click", () => {
      state.descending = state.order === column.name && !state.descending;
      state.order = column.name;
      for (const other of head.cells) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
      refresh();
    });
    head.append(cell);
  }
  head.append(el("th", { scope: "col" }, el("span", {}, "What happened")));
  const selects = new Map();
  for (const select of document.querySelectorAll("#episodes-tools select")) {
    const column = byName.get(select.name);
    const entries = column.many
      ? [...new Set(column.dictionary.flatMap((entry) => entry.split(", ")))]
      : [...column.dictionary];
    if (column.many) select.append(el("option", { value: "\u0000any" }, "any"));
    for (const entry of entries.filter(Boolean).sort()) select.append(el("option", { value: entry }, entry));
    select.addEventListener("change", () => {
      if (select.value) state.filters.set(select.name, select.value);
      else state.filters.delete(select.name);
      refresh();
    });
    selects.set(select.name, select);
  }
  const search = document.getElementById("episodes-search");
  let waiting;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { state.search = search.value; refresh(); }, 120);
  });
  const only = (wanted) => {
    state.filters.clear();
    state.search = search.value = "";
    for (const [name, select] of selects) {
      select.value = wanted[name] || "";
      if (select.value) state.filters.set(name, select.value);
    }
    refresh();
  };
  document.getElementById("episodes-clear").addEventListener("click", () => only({}));
  for (const link of document.querySelectorAll("a[data-filter]")) {
    link.addEventListener("click", () => only(JSON.parse(link.dataset.filter)));
  }

  document.getElementById("episodes-tools").hidden = false;
  document.getElementById("episodes-pager").hidden = false;
  refresh();
  performance.mark("peerwatch-usable");
})();
