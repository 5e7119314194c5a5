// A click on a citation opens the reading beside the chat, at its place. Nothing else is done here:
// without this script the same links open the same pages.
(() => {
  "use strict";
  const BESIDE = 'a[href^="./read/"], a[href="./readings"], a[href^="./readings?"]';
  let opener = null;

  const frame = () => document.querySelector('iframe[name="histqa-reading"]');
  const local = (address) => new URL(address, window.location.href);

  function show(address) {
    const url = local(address);
    document.querySelector(".hq-alone").href = url.pathname + url.search + url.hash;
    url.searchParams.set("framed", "1");
    url.searchParams.set("theme", document.body.classList.contains("dark") ? "dark" : "light");
    frame().contentWindow.location.replace(url.href);
  }

  function mark(link) {
    document.querySelectorAll(".hq-open").forEach((old) => old.classList.remove("hq-open"));
    link.closest("figure, li")?.classList.add("hq-open");
  }

  function close() {
    document.body.classList.remove("hq-reading");
    opener?.focus();
    opener = null;
  }

  // Gradio labels each message with its whole HTML source, which a screen reader would read out.
  function unlabel() {
    document.querySelectorAll("#hq-chat [data-testid][aria-label]").forEach((message) => {
      message.removeAttribute("aria-label");
    });
  }

  // Each question goes to the top of the view, so that its answer is read from its beginning.
  let lastMessage = null;
  function follow() {
    const messages = document.querySelectorAll("#hq-chat .hq-message");
    const message = messages[messages.length - 1];
    if (!message || message === lastMessage) return;
    lastMessage = message;
    const questions = document.querySelectorAll("#hq-chat .user-row");
    questions[questions.length - 1].scrollIntoView({ block: "start" });
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest(".hq-close")) return close();
    const link = event.target.closest(BESIDE);
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
    if (!link || elsewhere || link.classList.contains("hq-alone") || !frame()) return;
    event.preventDefault();
    opener = link;
    mark(link);
    document.body.classList.add("hq-reading");
    show(link.getAttribute("href"));
    link.scrollIntoView({ block: "nearest" });
    if (event.detail === 0) frame().focus(); // opened by keyboard: Escape leads back
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("hq-reading")) close();
  });

  // The panel is there once Gradio has drawn the page; it then shows the list of readings.
  let isPanelReady = false;
  function prepare() {
    if (isPanelReady || !frame()) return;
    isPanelReady = true;
    frame().addEventListener("load", () => {
      const page = frame().contentDocument;
      page?.addEventListener("keydown", (event) => {
        if (event.key === "Escape") close();
      });
      const isReading = page?.location.pathname.includes("/read/");
      const title = isReading ? page.querySelector("h1")?.textContent ?? "" : "";
      document.querySelector(".hq-panel-title").textContent = title;
    });
    show("./readings");
  }

  new MutationObserver(() => {
    prepare();
    unlabel();
    follow();
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
