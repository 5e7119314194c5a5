// A button that opens the chat in a panel. Nothing else is loaded until it is pressed, and nothing
// is stored. <script src="https://…/widget.js" data-title="…" data-colour="#234e7d"
// data-position="right|left" data-language="en" data-question="…" data-readings="a|b" async>
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script) return; // a module script does not know its own address
  const { dataset } = script;
  const base = new URL(".", script.src);
  const titles = "@{titles}"; // put in by the server, as is the usual language
  const usual = "@{usual}";
  const code = (dataset.language || "").split("-")[0].toLowerCase();
  const language = [code, usual, ...navigator.languages.map((one) => one.split("-")[0])]
    .find((one) => Object.hasOwn(titles, one));
  const title = dataset.title || titles[language || "en"];
  const given = dataset.colour || dataset.color || "";
  const colour = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(given) ? given : "#234e7d";
  const side = dataset.position === "left" ? "left" : "right";

  // White or black, whichever can be read on the colour (WCAG 2 relative luminance).
  const digits = colour.length === 4 ? colour.replace(/[^#]/g, "$&$&") : colour;
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(digits.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const ink = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";

  const style = new CSSStyleSheet(); // allowed where the page forbids inline styles
  style.replaceSync(`
    :host { all: initial; }
    button { position: fixed; bottom: 1rem; ${side}: 1rem; z-index: 2147483000; max-width: 80vw;
      padding: .8rem 1.2rem; border: 0; border-radius: 99px; font: 600 1rem system-ui, sans-serif;
      color: ${ink}; background: ${colour}; cursor: pointer; box-shadow: 0 2px 12px #0005; }
    button:focus-visible { outline: 3px solid ${colour}; outline-offset: 3px; }
    section { position: fixed; bottom: 5rem; ${side}: 1rem; z-index: 2147483000; background: #fff;
      width: min(26rem, calc(100vw - 2rem)); height: min(38rem, calc(100dvh - 6.5rem));
      border: 1px solid #8886; border-radius: 12px; overflow: hidden; box-shadow: 0 6px 32px #0006; }
    section[hidden] { display: none; }
    iframe { width: 100%; height: 100%; border: 0; }`);

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [style];
  const panel = document.createElement("section");
  panel.id = "panel";
  panel.hidden = true;
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", title);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = title;
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", "panel");
  root.append(panel, button);

  let frame = null;
  function makeFrame() {
    const address = new URL("embed", base);
    for (const name of ["title", "language", "question", "readings"]) {
      if (dataset[name]) address.searchParams.set(name, dataset[name]);
    }
    address.searchParams.set("colour", colour);
    frame = document.createElement("iframe");
    frame.title = title;
    frame.src = address.href;
    panel.append(frame);
  }

  function open() {
    if (!frame) makeFrame();
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
    frame.focus();
  }

  function close() {
    if (panel.hidden) return;
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
    button.focus();
  }

  button.addEventListener("click", () => (panel.hidden ? open() : close()));
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
  window.addEventListener("message", (event) => {
    const isOurs = frame && event.source === frame.contentWindow && event.origin === base.origin;
    if (isOurs && event.data === "histqa:close") close();
  });
  const add = () => document.body.append(host);
  if (document.body) add();
  else document.addEventListener("DOMContentLoaded", add);
})();
