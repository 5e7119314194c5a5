"use strict";
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const all = Array.from(document.querySelectorAll("details.question"));
  const nothing = document.getElementById("nothing");
  const found = document.getElementById("found");
  const total = found.textContent;
  const texts = new Map();
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const textOf = (question) => {
    if (!texts.has(question)) texts.set(question, folded(question.textContent));
    return texts.get(question);
  };

  function filter() {
    const words = folded(form.elements.words.value).split(/\s+/).filter(Boolean);
    const chosen = Array.from(form.querySelectorAll("select")).filter((choice) => choice.value);
    const fits = (question) =>
      chosen.every((choice) => (question.dataset[choice.name] || "").split(" ").includes(choice.value)) &&
      words.every((word) => textOf(question).includes(word));
    let count = 0;
    for (const question of all) {
      question.hidden = !fits(question);
      count += question.hidden ? 0 : 1;
    }
    nothing.hidden = count > 0;
    found.textContent = count === all.length ? total : count + " of " + total;
  }

  function show(id) {
    const question = all.find((one) => one.id === id);
    if (!question) return;
    if (question.hidden) {
      form.reset();
      filter();
    }
    question.open = true;
    question.scrollIntoView();
    question.querySelector("summary").focus({ preventScroll: true });
  }

  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  form.elements.open.addEventListener("click", (event) => {
    const open = event.target.getAttribute("aria-pressed") !== "true";
    event.target.setAttribute("aria-pressed", open);
    event.target.textContent = open ? "Close all" : "Open all";
    for (const question of all) question.open = open && !question.hidden;
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-reason], a[href^='#q']");
    if (!link) return;
    if (link.dataset.reason) {
      form.reset();
      form.elements.reason.value = link.dataset.reason;
      filter();
    } else if (link.hash !== "#questions") {
      event.preventDefault();
      history.replaceState(null, "", link.hash);
      show(link.hash.slice(1));
    }
  });

  // On paper everything is open.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = Array.from(document.querySelectorAll("details:not([open])"));
    for (const part of closed) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of closed) part.open = false;
  });

  filter();
  if (location.hash) show(location.hash.slice(1));
})();
