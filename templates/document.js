// On the screen long tables can be sorted and searched. Without this the page is the same: whole, and in its order.
for (const table of document.querySelectorAll("table[data-long]")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const place = table.closest(".panels") || table;

  const words = (row, at) => row.cells[at].textContent.trim();
  heads.forEach((head, at) => {
    if (!head.textContent.trim() || head.querySelector(".legend")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const compared = (one, other) => words(one, at).localeCompare(words(other, at), "en-GB", { numeric: true });
      body.append(...[...body.rows].sort((one, other) => (up ? compared(one, other) : compared(other, one))));
    });
  });

  const tools = document.createElement("p");
  const label = document.createElement("label");
  const search = document.createElement("input");
  const shown = document.createElement("output");
  tools.className = "tools";
  search.type = "search";
  label.append("Show only rows with ", search);
  tools.append(label, " ", shown);
  place.before(tools);
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLocaleLowerCase("en-GB");
    for (const row of body.rows) row.hidden = !row.textContent.toLocaleLowerCase("en-GB").includes(wanted);
    const left = [...body.rows].filter((row) => !row.hidden).length;
    shown.textContent = wanted ? `${left} of ${body.rows.length} rows; on paper all of them` : "";
  });
}
