// The language of the page: chosen by a button, kept for the next page where the browser allows, the place in view kept.
(() => {
  const root = document.documentElement, KEY = "workbench-language", CHOICES = ["zh", "en", "both"];
  const remembered = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const remember = (language) => { try { localStorage.setItem(KEY, language); } catch { /* a page of its own */ } };
  const show = (language) => {
    root.dataset.language = language;
    root.lang = language === "en" ? "en" : "zh-CN";
    for (const button of document.querySelectorAll(".languages button"))
      button.setAttribute("aria-pressed", String(button.dataset.language === language));
    // The name of the window and what attributes say; those of a table are told by its style.
    for (const one of document.querySelectorAll("head title, [data-in]")) {
      const { zh, en, in: name } = one.dataset, said = language === "both" && zh !== en ? `${zh} ${en}` : language === "en" ? en : zh;
      for (const each of (name || "").split(" ")) each ? one.setAttribute(each, said) : (document.title = said);
    }
  };
  const seen = (one) => one.getClientRects().length > 0;
  // What begins in view is held; only where nothing does, what covers it: its length differs between languages.
  const inView = () => {
    const all = [...document.querySelectorAll("main :is(h1,h2,h3,p,li,tr,figure,summary,dt,img)")].filter(seen);
    const ends = (one) => one.getBoundingClientRect();
    return all.find((one) => ends(one).top >= 0 && ends(one).top < innerHeight) || all.find((one) => ends(one).bottom > 4);
  };
  const stillSeen = (one) => {
    while (one && !seen(one)) one = one.nextElementSibling || one.previousElementSibling || one.parentElement;
    return one;
  };
  let last = {}; // held until somebody scrolls, so that the switch leads back to where it began
  const change = (language) => {
    const { held, top } = last.y === scrollY ? last : ((held) => ({ held, top: held && held.getBoundingClientRect().top }))(inView());
    show(language);
    remember(language);
    const found = held && (seen(held) ? held : [held.nextElementSibling, held.previousElementSibling].find((one) => one && seen(one)) || stillSeen(held));
    if (found) scrollTo({ top: scrollY + found.getBoundingClientRect().top - top, behavior: "instant" });
    last = { held, top, y: scrollY };
  };
  // What is folded is printed, but for code.
  const folded = [];
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("main details:not([open], .code)")) folded.push(one), (one.open = true);
  });
  addEventListener("afterprint", () => {
    for (const one of folded.splice(0)) one.open = false;
  });
  // A place that is folded away is opened for whoever is led there.
  const arrive = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let one = place && place.parentElement; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
    if (place) place.scrollIntoView({ behavior: "instant" });
  };
  addEventListener("hashchange", arrive);
  const kept = remembered();
  if (CHOICES.includes(kept)) root.dataset.language = kept;
  document.addEventListener("DOMContentLoaded", () => {
    show(root.dataset.language);
    for (const button of document.querySelectorAll(".languages button"))
      button.addEventListener("click", () => change(button.dataset.language));
    if (location.hash) arrive();
  });
})();
