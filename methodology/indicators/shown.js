// A click on a head sorts the table, a second one turns it around; the button copies it for a spreadsheet.
(() => {
  const box = document.currentScript.parentElement, table = box.querySelector("table");
  if (!table || !table.tBodies.length) return;
  box.querySelectorAll("[lang] + [lang]").forEach((second) => second.before(" "));
  const said = (cell) => cell.innerText.trim();
  const number = (text) => Number(text.replace(/[,\s%†‡*]|^[≤≥<>]/g, "") || NaN);
  const compare = (a, b) => (Number.isNaN(number(a)) || Number.isNaN(number(b)) ? a.localeCompare(b, "zh") : number(a) - number(b));
  [...table.tHead.rows[table.tHead.rows.length - 1].cells].forEach((head, column) => {
    head.style.cursor = "pointer";
    head.title = "排序 Sort";
    head.onclick = () => {
      const falls = head.getAttribute("aria-sort") === "ascending";
      table.querySelectorAll("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", falls ? "descending" : "ascending");
      const rows = [...table.tBodies[0].rows].sort((a, b) => compare(said(a.cells[column]), said(b.cells[column])));
      table.tBodies[0].append(...(falls ? rows.reverse() : rows));
    };
  });
  const button = document.createElement("button");
  button.textContent = "复制 Copy";
  button.style.cssText = "margin:4px 0;padding:2px 9px;border:1px solid #00507f;border-radius:4px;background:#fff;color:#00507f;cursor:pointer";
  const selected = () => { getSelection().selectAllChildren(table); document.execCommand("copy"); };
  button.onclick = async () => {
    table.closest("details")?.setAttribute("open", ""); // what is folded has no text
    const text = [...table.rows].map((row) => [...row.cells].map((cell) => said(cell).replace(/\s+/g, " ")).join("\t")).join("\n");
    await (navigator.clipboard ? navigator.clipboard.writeText(text) : selected()); // a server without https has no clipboard
    button.textContent = "已复制 Copied";
  };
  box.prepend(button);
})();
