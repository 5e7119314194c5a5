// The compact chat: asks /api/ask and shows what comes, always as text, never as markup. It keeps
// the conversation in memory alone: no cookie, no storage.
(() => {
  "use strict";
  const { root, colour, first, lang, labels: written, readings } = document.body.dataset;
  const labels = JSON.parse(written);
  const talk = document.getElementById("talk");
  const said = document.getElementById("said");
  const form = document.getElementById("form");
  const box = document.getElementById("question");
  const button = form.querySelector("button");
  const history = [];
  // Characters that are not seen, or that turn the direction of what follows (UTR 36).
  const UNSEEN = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/g;

  if (colour) document.documentElement.style.setProperty("--colour", colour);

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  // One of the words of the page, with values put in.
  function say(name, values = {}) {
    return labels[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
  }

  function standing(quote) {
    const [first, last] = [quote.pages[0], quote.pages.at(-1)];
    if (quote.pages.length > 1) return say("place.pages", { first, last });
    return first ? say("place.page", { page: first }) : say("place.paragraph", { number: quote.paragraph });
  }

  function place(quote) {
    const heading = quote.heading !== quote.title && quote.heading;
    return [quote.title || quote.doc_id, heading, standing(quote)].filter(Boolean).join(" · ");
  }

  function address(quote) {
    const [path, mark] = quote.address.split("#");
    return `${root}${path}${lang ? `&lang=${lang}` : ""}#${mark}`;
  }

  function quoted(quote, number) {
    const figure = element("figure", "");
    const link = element("a", `${number ? `[${number}] ` : ""}`, {
      href: address(quote), target: "_blank", rel: "noopener",
    });
    link.append(element("bdi", place(quote).replace(UNSEEN, "")));
    const caption = element("figcaption", "");
    caption.append(link);
    figure.append(element("blockquote", quote.text, { dir: "auto" }), caption);
    return figure;
  }

  function answered(answer) {
    const shown = element("article", "");
    if (answer.understood_as.toLowerCase() !== answer.question.toLowerCase()) {
      const said = say("answer.understood", { words: answer.understood_as.replace(UNSEEN, "") });
      shown.append(element("p", said, { class: "note", dir: "auto" }));
    }
    if (answer.verdict !== "answered") {
      shown.append(element("p", say("answer.not_found"), { class: "verdict" }));
      if (answer.related.length) shown.append(element("p", say("answer.nearest"), { class: "note" }));
      shown.append(...answer.related.map((quote) => quoted(quote, 0)));
      return shown;
    }
    if (answer.short) shown.append(element("p", answer.short, { class: "short", dir: "auto" }));
    shown.append(...answer.quotes.map((quote, index) => quoted(quote, index + 1)));
    for (const note of answer.notes) shown.append(element("p", note, { class: "note", dir: "auto" }));
    return shown;
  }

  function fault(sentence) {
    const shown = element("article", "", { class: "fault" });
    shown.append(element("p", sentence));
    return shown;
  }

  // What went wrong, in the language of the page; who made the page finds more in the console.
  function refused(status, detail) {
    console.warn(`histqa: ${detail}`);
    const known = { 403: "not_let_in", 422: "not_understood", 429: "too_many", 503: "busy" };
    return fault(say(`embed.${known[status] ?? "failed"}`));
  }

  async function fetched(question) {
    const response = await fetch(`${root}/api/ask`, {
      method: "POST",
      credentials: "omit",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ question, history, readings: JSON.parse(readings) }),
    });
    const value = await response.json();
    if (!response.ok) return refused(response.status, value.detail);
    history.push({
      question, answer: value.text, answered: value.verdict === "answered",
    });
    return answered(value);
  }

  // Said once to those who listen: the short answer, the first quote, its place.
  function show(waiting, answer) {
    waiting.replaceWith(answer);
    const parts = [".verdict", ".short", "blockquote", "figcaption"];
    const found = parts.map((part) => answer.querySelector(part)?.textContent).filter(Boolean);
    const isQuoted = !answer.querySelector(".verdict") && answer.querySelector("blockquote");
    said.textContent = (isQuoted ? found : [answer.querySelector(".verdict, p").textContent]).join(" – ");
  }

  async function ask(question) {
    offers.forEach((offered) => offered.remove());
    const waiting = element("p", say("embed.looking"), { class: "note" });
    const asked = element("h2", question.replace(UNSEEN, ""), { dir: "auto" });
    talk.append(asked, waiting);
    said.textContent = "";
    button.disabled = true;
    asked.scrollIntoView({ block: "start" });
    try {
      show(waiting, await fetched(question));
    } catch {
      show(waiting, fault(say("embed.failed")));
    }
    button.disabled = false;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = box.value.trim();
    if (!question || button.disabled) return;
    box.value = "";
    ask(question);
  });

  const offers = JSON.parse(first).map((question) => {
    const offered = element("button", question, { type: "button", class: "first", dir: "auto" });
    offered.addEventListener("click", () => ask(question));
    return offered;
  });
  talk.append(...offers);

  // The page around may close the panel that this is shown in, and has the focus back then.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && window.parent !== window) {
      window.parent.postMessage("histqa:close", "*");
    }
  });
  // In a panel that has just been opened; a frame that is part of a page takes no focus.
  window.addEventListener("focus", () => document.activeElement === document.body && box.focus());
  if (document.hasFocus()) box.focus();
})();
