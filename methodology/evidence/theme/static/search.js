// Search without a server: every word asked for stands in the title or the text of a page, a number as a whole number.
(() => {
  const asked = (new URLSearchParams(location.search).get("q") || "").trim();
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
  const find = (text, word) => {
    if (!/^[\d.]+$/.test(word)) return text.indexOf(word);
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
      if (!/[\d.]/.test(text[at - 1] || "") && !/^\.?\d/.test(text.slice(at + word.length))) return at;
    return -1;
  };
  const pair = (zh, en) => {
    const made = document.createDocumentFragment();
    for (const [language, text] of [["zh-CN", zh], ["en", en]]) {
      const span = made.appendChild(document.createElement("span"));
      if (zh !== en) span.lang = language;
      span.append(text, " ");
      if (zh === en) break;
    }
    return made;
  };
  const snippet = (text) => {
    const low = text.toLowerCase(), word = words.find((one) => find(low, one) >= 0) || "", at = find(low, word);
    const start = Math.max(0, at - 60), made = document.createDocumentFragment();
    made.append((start ? "…" : "") + text.slice(start, at));
    made.appendChild(document.createElement("mark")).append(text.slice(at, at + word.length));
    made.append(text.slice(at + word.length, at + word.length + 120) + "…");
    return made;
  };
  const hits = !words.length ? [] : SEARCHED.map((entry, place) => {
    const [, rank, title, ...texts] = entry, all = [title.join(" "), ...texts].map((text) => text.toLowerCase());
    const found = words.every((word) => all.some((text) => find(text, word) >= 0));
    const titled = words.every((word) => find(all[0], word) >= 0);
    return { entry, found, order: [titled ? 0 : 1, rank, place] };
  }).filter((hit) => hit.found).sort((a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1] || a.order[2] - b.order[2]);
  const list = document.getElementById("search-results");
  for (const { entry: [address, , title, zh, en] } of hits) {
    const item = list.appendChild(document.createElement("li")), link = item.appendChild(document.createElement("a"));
    link.href = address;
    link.append(pair(...title));
    const texts = [zh, en].map((text) => (words.some((word) => find(text.toLowerCase(), word) >= 0) ? text : ""));
    texts.forEach((text, place) => {
      if (!text || (place && texts[0] && zh === en)) return;
      const line = item.appendChild(document.createElement("p"));
      if (texts[0] && texts[1]) line.lang = place ? "en" : "zh-CN";
      line.append(snippet(text));
    });
  }
  const said = document.getElementById("search-said");
  if (asked) said.append(pair(`“${asked}”：${hits.length}个页面。`, `“${asked}”: ${hits.length} pages.`));
  for (const input of document.querySelectorAll("input[name=q]")) input.value = asked;
})();
