// What the chat does beside asking. Questions and answers go through Gradio; this script opens
// citations beside the chat, passes on what the buttons in a message ask for, and keeps the
// conversation in this tab. Without it the same links open the same pages.
(() => {
  "use strict";
  const BESIDE = 'a[href^="./read/"], a[href="./readings"], a[href^="./readings?"]';
  const KEPT = "histqa-conversation";
  const SUFFIXES = { page: "html", markdown: "md", word: "docx" };
  const one = (selector) => document.querySelector(selector);
  const frame = () => one('iframe[name="histqa-reading"]');
  // The language, where the address asks for one: what leads on from here asks for it too.
  const asked = () => [...new URLSearchParams(window.location.search)].filter(([name]) => name === "lang");
  const isBusy = () => one("#hq-chat .hq-pending") !== null;

  // --- the reading beside the chat ---

  let opener = null;

  function show(address) {
    const url = new URL(address, window.location.href);
    one(".hq-alone").href = url.pathname + url.search + url.hash;
    url.searchParams.set("framed", "1");
    url.searchParams.set("theme", document.body.classList.contains("dark") ? "dark" : "light");
    frame().contentWindow.location.replace(url.href);
  }

  function open(link, isByKeyboard) {
    opener = link;
    document.querySelectorAll(".hq-open").forEach((old) => old.classList.remove("hq-open"));
    link.closest("figure, li")?.classList.add("hq-open");
    document.body.classList.add("hq-reading");
    show(link.getAttribute("href"));
    link.scrollIntoView({ block: "nearest" });
    if (isByKeyboard) frame().focus(); // Escape leads back
  }

  function close() {
    document.body.classList.remove("hq-reading");
    opener?.focus();
    opener = null;
  }

  function closeOnEscape(event) {
    const isElsewhere = event.target.closest("input, textarea, dialog"); // they have their own use
    const isOpen = document.body.classList.contains("hq-reading");
    if (event.key === "Escape" && isOpen && !isElsewhere) close();
  }

  function nameReading() {
    const page = frame().contentDocument;
    page?.addEventListener("keydown", closeOnEscape);
    const isReading = page?.location.pathname.includes("/read/");
    one(".hq-panel-title").textContent = (isReading && page.querySelector("h1")?.textContent) || "";
  }

  // --- words to and from the server ---

  // The fields are Gradio's, unseen on the page; what is new in the first is sent at once.
  const field = (id) => one(`#${id} textarea, #${id} input`);

  function act(wanted) {
    const box = field("hq-act");
    box.value = JSON.stringify({ ...wanted, at: Date.now() });
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  const kept = () => field("hq-kept")?.value || "[]";

  function exchange(number) {
    return JSON.parse(kept())[number - 1 - leftOut()];
  }

  // The oldest questions of a very long conversation are not kept.
  function leftOut() {
    const shown = document.querySelectorAll("#hq-chat .hq-message:not(.hq-pending)").length;
    return Math.max(0, shown - JSON.parse(kept()).length);
  }

  async function takenAway(form, exchanges) {
    const base = window.location.origin + window.location.pathname.replace(/\/$/, "");
    const response = await fetch(`./conversation?${new URLSearchParams(asked())}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ form, kept: JSON.stringify(exchanges), base }),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return response.blob();
  }

  // --- what the buttons do ---

  function tell(name) { // the words are the page's, in its language
    const toast = one(".hq-toast");
    toast.textContent = toast.dataset[name];
    toast.classList.add("hq-told");
    window.setTimeout(() => toast.classList.remove("hq-told"), 2500);
  }

  async function copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea"); // a page without https has no clipboard
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    return undefined;
  }

  async function copyAnswer(number) {
    await copy(await (await takenAway("text", [exchange(number)])).text());
    tell("copied");
  }

  async function share(number) {
    const { question, readings } = JSON.parse(exchange(number).said);
    const query = [["q", question], ...readings.map((name) => ["in", name]), ...asked()];
    await copy(`${window.location.origin}${window.location.pathname}?${new URLSearchParams(query)}`);
    tell("shared");
  }

  async function save(form) {
    one(".hq-menu").open = false;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await takenAway(form, JSON.parse(kept())));
    link.download = `histqa-conversation.${SUFFIXES[form]}`;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  function askWhy(number, message) {
    const dialog = one(".hq-dialog");
    dialog.querySelector("form").reset();
    dialog.classList.toggle("hq-on-answer", message.classList.contains("hq-answer"));
    dialog.onclose = () => {
      if (dialog.returnValue !== "send") return;
      const said = new FormData(dialog.querySelector("form"));
      const reason = said.get("reason") ?? "";
      act({ act: "down", number, reason, remark: said.get("remark") });
    };
    dialog.returnValue = "";
    dialog.showModal();
  }

  function press(button) {
    const number = Number(button.value);
    if (button.name === "save") return save(button.value);
    if (button.name === "copy") return copyAnswer(number);
    if (button.name === "share") return share(number);
    if (isBusy()) return undefined;
    if (button.name === "down") return askWhy(number, button.closest(".hq-message"));
    return act({ act: button.name, number });
  }

  // --- events ---

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.hq-act");
    if (button) {
      Promise.resolve(press(button)).catch(() => tell("failed"));
      return;
    }
    if (event.target.closest(".hq-close")) {
      close();
      return;
    }
    const link = event.target.closest(BESIDE);
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
    if (!link || elsewhere || link.classList.contains("hq-alone") || !frame()) return;
    event.preventDefault();
    open(link, event.detail === 0);
  }, true);

  document.addEventListener("keydown", closeOnEscape);

  // --- from the early page to this one ---

  // early.html draws the page at once and may hold a question. It goes when that stands here.
  const early = one("#hq-early");
  const held = () => early.querySelector(".hq-early-held .hq-question")?.textContent ?? "";
  let keptBefore = 0;

  function moveTyped() {
    const box = field("hq-question-box");
    const typed = early.querySelector("textarea");
    if (typed.value) {
      box.value = typed.value;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.setSelectionRange(typed.selectionStart, typed.selectionEnd);
    }
    box.focus();
  }

  function uncover() {
    const shown = document.querySelectorAll("#hq-chat .user-row").length;
    if (isHeard && (!held() || isBusy() || shown > keptBefore)) early.remove();
  }

  // A question that the server did not take (too many at once, no connection) is given back, before
  // what was typed after it.
  function giveBack() {
    if (!early.isConnected) return;
    const box = field("hq-question-box");
    box.value = [held(), box.value].filter(Boolean).join("\n");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    early.remove();
  }

  // --- when the page changes ---

  // Gradio labels each message with its whole HTML source, which a screen reader would read out,
  // the conversation in English, and the page with a language of its own.
  function relabel() {
    const { language, conversation } = one(".hq-toast")?.dataset ?? {};
    if (language) document.documentElement.lang = language;
    if (conversation) one("#hq-chat [role=log]")?.setAttribute("aria-label", conversation);
    document.querySelectorAll("#hq-chat [data-testid][aria-label]").forEach((message) => {
      message.removeAttribute("aria-label");
    });
    one("#hq-chat [role=log]")?.setAttribute("aria-live", "off");
  }

  // The log would be read out at every step of the progress: what came of a question is said once,
  // in a place of its own. What comes back after a reload is not said.
  let messageCount = 0;
  let pendingAt = -1;
  function announce() {
    const messages = [...document.querySelectorAll("#hq-chat .hq-message")];
    const at = messages.findIndex((message) => message.classList.contains("hq-pending"));
    const isNew = messages.length === messageCount + 1 && !isRestoring;
    const done = pendingAt >= 0 ? messages[pendingAt] : isNew && messages.at(-1);
    if (at >= 0) say("");
    else if (done) say(gist(done));
    isRestoring &&= messages.length === 0;
    messageCount = messages.length;
    pendingAt = at;
  }

  function gist(message) {
    const parts = [".hq-verdict", ".hq-short", ".hq-quote blockquote", ".hq-quote bdi"];
    const found = parts.map((part) => message.querySelector(part)?.textContent).filter(Boolean);
    return found.join(" – ") || (message.querySelector("p")?.textContent ?? "");
  }

  function say(sentence) {
    const place = one(".hq-said");
    if (place && place.textContent !== sentence) place.textContent = sentence;
  }

  // Each new question goes to the top of the view, so that its answer is read from its beginning.
  let questionCount = 0;
  let isFollowing = false;
  function follow() {
    const questions = document.querySelectorAll("#hq-chat .user-row");
    isFollowing ||= questions.length > questionCount;
    questionCount = questions.length;
    if (!isFollowing || questionCount === 0) return;
    questions[questionCount - 1].scrollIntoView({ block: "start" });
    const answered = document.querySelectorAll("#hq-chat .hq-message:not(.hq-pending)").length;
    isFollowing = answered < questionCount; // once more when the answer is there
  }

  // The panel is there once Gradio has drawn the page; it then shows the list of readings.
  let isDrawn = false;
  function prepare() {
    if (isDrawn || !frame()) return;
    isDrawn = true;
    frame().addEventListener("load", nameReading);
    show(one(".hq-all").getAttribute("href"));
  }

  // --- what this tab keeps ---

  let isHeard = false;
  let isComingBack = false;
  let isRestoring = false;

  // A browser that stores nothing, or has no room left, keeps nothing; the chat goes on without.
  function recalled() {
    try {
      const exchanges = sessionStorage.getItem(KEPT) ?? "[]";
      return Array.isArray(JSON.parse(exchanges)) ? exchanges : "[]";
    } catch {
      return "[]";
    }
  }

  function remember(exchanges) {
    try {
      sessionStorage.setItem(KEPT, exchanges);
    } catch {
      // see above
    }
  }

  function keep() {
    if (!isHeard) return;
    isComingBack = isComingBack && kept() === "[]";
    if (!isComingBack) remember(kept());
  }

  // A conversation that this tab has kept goes on; then the question that is held is asked, in the
  // readings of the address where it is the address's.
  function begin() {
    if (!field("hq-kept")?.value) return; // Gradio does not hear events yet
    window.clearInterval(beginning);
    const before = recalled();
    const address = new URL(window.location.href);
    const readings = address.searchParams.has("q") ? address.searchParams.getAll("in") : [];
    isHeard = true;
    isComingBack = isRestoring = before !== "[]";
    keptBefore = JSON.parse(before).length;
    if (isComingBack || held()) {
      act({ act: "begin", kept: before, question: held(), readings });
      window.setTimeout(giveBack, 10_000);
    }
    document.body.classList.add("hq-ready"); // what is unseen takes no focus
    moveTyped();
    uncover();
    ["q", "in"].forEach((name) => address.searchParams.delete(name));
    window.history.replaceState(null, "", address);
  }
  const beginning = window.setInterval(begin, 50);

  new MutationObserver(() => {
    prepare();
    relabel();
    announce();
    follow();
    keep();
    uncover();
  }).observe(document.documentElement, { childList: true, subtree: true });
  window.addEventListener("pagehide", keep);
})();
