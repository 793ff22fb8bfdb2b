"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const controls = document.querySelector(".controls");
  const box = document.querySelector(".cards");
  const cards = [...box.children];
  const find = byId("find"), kind = byId("kind"), order = byId("order"), count = byId("count");
  // numbers that are missing go last, whichever way is sorted
  const last = (value) => (value === undefined || value === "" || value === "nan" ? Infinity : Number(value));
  const keys = {
    peak: (card) => last(card.dataset.peakOffset),
    regions: (card) => (last(card.dataset.regions) === Infinity ? Infinity : -Number(card.dataset.regions)),
    loss: (card) => last(card.dataset.deltaApAblated),
  };
  const show = () => {
    const word = find.value.trim().toLowerCase();
    let shown = 0;
    for (const card of cards) {
      const fits = card.dataset.find.toLowerCase().includes(word) && (!kind.value || card.dataset.kind === kind.value);
      card.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} of ${cards.length} heads`;
  };
  const sort = () => {
    const key = keys[order.value];
    const sorted = key ? cards.map((card, i) => [key(card), i, card]).sort((a, b) => (a[0] === b[0] ? a[1] - b[1] : a[0] < b[0] ? -1 : 1)).map((x) => x[2]) : cards;
    box.append(...sorted);
  };
  find.addEventListener("input", show);
  kind.addEventListener("change", show);
  order.addEventListener("change", sort);
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.hidden = false;
  show();

  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.setAttribute("aria-sort", "none"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const value = (row) => {
          const cell = row.cells[column];
          return "v" in cell.dataset ? Number(cell.dataset.v) : cell.textContent;
        };
        const absent = (x) => x === "–" || Number.isNaN(x);
        const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true }));
        const rows = [...body.rows].map((row) => [value(row), row]);
        rows.sort(([a], [b]) => absent(a) - absent(b) || (down ? compare(b, a) : compare(a, b)));
        body.append(...rows.map(([, row]) => row));
      });
    });
  }
})();
