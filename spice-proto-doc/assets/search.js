"use strict";

// Finds pages whose title or words contain all words of the query. An exact match comes first.
(() => {
  const LIMIT = 30;
  const root = document.body.dataset.root;
  const input = document.getElementById("search");
  const results = document.getElementById("results");

  const rank = (query, title, words) => {
    const names = [title, ...words].map((name) => name.toLowerCase());
    if (names.some((name) => name === query)) return 0;
    if (names.some((name) => name.startsWith(query))) return 1;
    if (names.some((name) => name.split(/[._]/).includes(query))) return 2;
    const all = names.join(" ");
    return query.split(/\s+/).every((part) => all.includes(part)) ? 3 : 4;
  };

  const search = () => {
    const query = input.value.trim().toLowerCase();
    results.replaceChildren();
    results.hidden = query === "";
    if (query === "") return;
    const found = SEARCH_INDEX.map((entry) => [rank(query, entry[1], entry[3]), entry])
      .filter(([place]) => place < 4)
      .sort((a, b) => a[0] - b[0]);
    for (const [, [path, title, kind, words]] of found.slice(0, LIMIT)) {
      const link = document.createElement("a");
      link.href = root + path;
      link.textContent = title;
      const note = document.createElement("small");
      const word = words.find((name) => name.toLowerCase().includes(query) && name !== title);
      note.textContent = [kind, word].filter(Boolean).join(", ");
      const item = document.createElement("li");
      item.append(link, " ", note);
      results.append(item);
    }
    if (found.length === 0) {
      const item = document.createElement("li");
      item.textContent = "Nothing found.";
      results.append(item);
    }
  };

  input.addEventListener("input", search);
  input.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = results.querySelector("a");
    if (first) location.href = first.href;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== input) {
      event.preventDefault();
      input.focus();
    }
    if (event.key === "Escape") {
      input.value = "";
      search();
    }
  });
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) {
    input.value = asked;
    search();
  }
})();
