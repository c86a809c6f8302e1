// Search without a server: every word asked for stands in the title or the text of a page, a number as a whole number.
// A hit leads to the row or the chapter that says it: those that say most of the words, in order, and no more than MOST.
(() => {
  // CO2 is looked for where CO₂ stands, and full-width signs as plain ones; no sign becomes two, so that places stay.
  const plain = (sign) => { const own = sign.normalize("NFKC"); return own.length === sign.length ? own : sign; };
  const low = (text) => text.replace(/[^\x00-\x7f]/gu, plain).toLowerCase();
  const asked = (new URLSearchParams(location.search).get("q") || "").trim();
  const words = low(asked).split(/\s+/).filter(Boolean), MOST = 3;
  const find = (text, word) => {
    if (!/^[\d.]+$/.test(word)) return text.indexOf(word);
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
      if (!/[\d.a-z]/.test(text[at - 1] || "") && !/^\.?\d/.test(text.slice(at + word.length))) return at;
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
  const says = (text) => words.filter((word) => find(low(text), word) >= 0).length;
  const snippet = (text) => {
    const word = words.find((one) => find(low(text), one) >= 0) || "", at = find(low(text), word);
    const start = Math.max(0, at - 60), made = document.createDocumentFragment();
    made.append((start ? "…" : "") + text.slice(start, at));
    made.appendChild(document.createElement("mark")).append(text.slice(at, at + word.length));
    const end = at + word.length + 120;
    made.append(text.slice(at + word.length, end) + (end < text.length ? "…" : ""));
    return made;
  };
  const leads = (places) => {
    const told = places.map(([place, zh, en = zh]) => ({ place, texts: [zh, en], says: Math.max(says(zh), says(en)) }));
    const most = Math.max(0, ...told.map((one) => one.says));
    return told.filter((one) => most && one.says === most).slice(0, MOST);
  };
  const hits = !words.length ? [] : SEARCHED.map(([address, rank, title, places], at) => {
    const all = [title.join(" "), ...places.flatMap((one) => one.slice(1))].map(low);
    const found = words.every((word) => all.some((text) => find(text, word) >= 0));
    const titled = words.every((word) => find(all[0], word) >= 0);
    return { address, title, places, found, order: [titled ? 0 : 1, rank, at] };
  }).filter((hit) => hit.found).sort((a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1] || a.order[2] - b.order[2]);
  const list = document.getElementById("search-results");
  const linked = (parent, address, text) => {
    const link = parent.appendChild(document.createElement("a"));
    link.href = address;
    link.append(text);
  };
  for (const { address, title, places } of hits) {
    const item = list.appendChild(document.createElement("li")), found = leads(places);
    const at = ({ place }) => address + (place && `#${place}`);
    linked(item, found.length ? at(found[0]) : address, pair(...title));
    for (const one of found) {
      const [zh, en] = one.texts, shown = (zh === en ? [zh] : one.texts).filter((text) => says(text) === one.says);
      for (const text of shown) {
        const line = item.appendChild(document.createElement("p"));
        if (shown.length > 1) line.lang = text === en ? "en" : "zh-CN";
        linked(line, at(one), snippet(text));
      }
    }
  }
  const said = document.getElementById("search-said");
  if (asked) said.append(pair(`“${asked}”：${hits.length}个页面。`, `“${asked}”: ${hits.length} pages.`));
  for (const input of document.querySelectorAll("input[name=q]")) input.value = asked;
})();
