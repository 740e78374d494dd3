// What the pages do better with a script. Each of them works without it.
"use strict";

// What is wrong with a form is read first.
document.querySelector(".summary")?.focus();

// A form that changes something is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  const button = event.submitter;
  if (button && form.dataset.busy) button.textContent = form.dataset.busy;
  window.setTimeout(() => { delete form.dataset.sent; }, 30000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// Files and folders can be dropped where files can be chosen.
for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector("input[type=file]:not([webkitdirectory])");
  const folder = zone.querySelector("input[webkitdirectory]");
  const said = zone.querySelector(".chosen");
  const most = Number(zone.dataset.most);
  zone.classList.add("live");

  const tell = () => {
    const files = [...input.files, ...(folder ? folder.files : [])];
    const large = files.find((file) => file.size > most);
    input.setCustomValidity(large ? `${large.name} is larger than ${most / 1048576} MiB.` : "");
    if (large) { said.textContent = input.validationMessage; return; }
    const names = files.slice(0, 3).map((file) => file.name).join(", ");
    const more = files.length > 3 ? ` and ${files.length - 3} more` : "";
    said.textContent = files.length ? `${files.length === 1 ? "1 file" : `${files.length} files`}: ${names}${more}` : "";
  };
  input.addEventListener("change", tell);
  folder?.addEventListener("change", tell);

  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) {
    zone.addEventListener(name, () => zone.classList.remove("over"));
  }
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const files = entries.length ? (await Promise.all(entries.map(below))).flat() : [...event.dataTransfer.files];
    const kept = new DataTransfer();
    for (const file of input.multiple ? files : files.slice(0, 1)) kept.items.add(file);
    input.files = kept.files;
    tell();
  });
}

// All files in and below what was dropped.
async function below(entry) {
  if (entry.isFile) return [await new Promise((done, fail) => entry.file(done, fail))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return (await Promise.all(found.map(below))).flat();
    found.push(...some);
  }
}

// On a phone a row of a table is a small list: each value with its heading before it. A grid of many columns stays one.
for (const table of document.querySelectorAll(".wide > table:not(.grid)")) {
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows];
  if (heads.length > 12 || rows.some((row) => row.cells.length !== heads.length)) continue;
  table.classList.add("stacked");
  table.setAttribute("role", "table");  // which it would be no longer for whoever hears it
  for (const part of [table.tHead, table.tBodies[0]]) part.setAttribute("role", "rowgroup");
  table.tHead.rows[0].setAttribute("role", "row");
  for (const cell of table.tHead.rows[0].cells) cell.setAttribute("role", "columnheader");
  for (const row of rows) {
    row.setAttribute("role", "row");
    [...row.cells].forEach((cell, at) => {
      cell.dataset.label = heads[at];
      cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
    });
  }
}
