// What every page has to be, whatever it is for: found wanting by axe-core nowhere, by day and by night, wide, narrow and at
// 400 % zoom; light, without help from elsewhere, without motion where a person wants none; and usable by keyboard.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/// Every rule of WCAG 2.2 AA that a program can judge, and what axe-core recommends beyond.
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/// Most octets of a page as sent, with all that it loads.
const MOST = 100_000;
const wide = { width: 1280, height: 900 };
const narrow = { width: 375, height: 812 };
/// A window of 1280 pixels at 400 %.
const zoomed = { width: 320, height: 256 };

/// What of them depends on the width and on the colours.
const SHOWN = ["color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable"];

/// What axe-core finds, with its elements.
const findings = async (page, runOnly = { type: "tag", values: TAGS }) => {
  if (!await page.evaluate(() => "axe" in window)) await page.evaluate(axe);
  const { violations } = await page.evaluate((rules) => axe.run(document, {
    runOnly: rules, rules: { "target-size": { enabled: true } }, resultTypes: ["violations"], preload: false,
  }), runOnly);
  return violations.map((one) => `${one.id} (${one.impact}): ${one.nodes.map((node) => `${node.html} ${node.any[0]?.message ?? ""}`).join(" | ")}`);
};

/// What does not fit: wider than the window, or cut off where it cannot be scrolled to.
const cutOff = () => {
  const wrong = [];
  const name = (one) => `${one.localName}.${one.className} “${one.textContent.trim().slice(0, 40)}”`;
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) wrong.push(`the page is ${scrollWidth} pixels wide in a window of ${clientWidth}`);
  for (const one of document.querySelectorAll("body *")) {
    if (!one.checkVisibility() || one.matches("input, select, textarea, option, svg, svg *")) continue;
    const style = getComputedStyle(one);
    if (style.clipPath !== "none" || one.closest(".skip-link, pre, .table-wrap, .document")) continue;
    const box = one.getBoundingClientRect();
    if (box.width > 0 && (box.right > clientWidth + 1 || box.left < -1)) wrong.push(`${name(one)} is outside of the window`);
    const clips = ["hidden", "clip"].includes(style.overflowX) && style.textOverflow !== "ellipsis";
    if (clips && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)) wrong.push(`${name(one)} is cut off`);
  }
  return wrong;
};

/// What moves although nothing shall, and what cannot be seen where the person's own colours rule.
const unasked = () => {
  const wrong = document.getAnimations().map((one) => `an animation: ${one.animationName ?? one.transitionProperty}`);
  for (const one of document.querySelectorAll("body *")) {
    const style = getComputedStyle(one);
    const moves = style.transitionDuration.split(",").some((time) => parseFloat(time) > 0) || style.animationName !== "none";
    if (moves) wrong.push(`${one.localName}.${one.className} moves`);
    if (!one.checkVisibility() || !one.matches(".button, .input, .tag, .notice, .error-summary, .card")) continue;
    if (!["Top", "Bottom"].every((side) => parseFloat(style[`border${side}Width`]) > 0 && style[`border${side}Style`] !== "none")) {
      wrong.push(`${one.localName}.${one.className} has no edge in forced colours`);
    }
  }
  return wrong;
};

/// Heading, landmarks, title and languages; what was loaded, from where, how much and how fast.
const facts = () => {
  const navigation = performance.getEntriesByType("navigation")[0];
  const loaded = [navigation, ...performance.getEntriesByType("resource")];
  return {
    headings: [...document.querySelectorAll("h1")].filter((one) => one.checkVisibility()).map((one) => one.textContent.trim()),
    title: document.title,
    language: document.documentElement.lang,
    unnamed: [...document.querySelectorAll("[lang='']")].length,
    from: loaded.map((one) => new URL(one.name).origin),
    // Headers are sent as well; the icon is in no list of the browser.
    sent: loaded.reduce((sum, one) => sum + one.encodedBodySize + 500, 1000),
    ready: navigation.domContentLoadedEventEnd - navigation.responseStart,
    finished: navigation.loadEventEnd - navigation.domContentLoadedEventEnd,
  };
};

/// Goes through the page with the Tab key: every control has its turn, in the order of the page, and shows it.
const byKeyboard = async (page) => {
  const expected = await page.evaluate(() => {
    const isNew = !window.tabStops;
    window.tabStops = [];
    const isStop = (one) => one.checkVisibility({ visibilityProperty: true }) && one.tabIndex >= 0 && !one.disabled
      && (one.type !== "radio" || one === ([...document.querySelectorAll(`input[name="${one.name}"]`)].find((other) => other.checked)
        ?? document.querySelector(`input[name="${one.name}"]`)));
    const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].filter(isStop);
    all.forEach((one, index) => { one.dataset.tabOrder = index; });
    if (isNew) document.addEventListener("focusin", ({ target }) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(target);
      const { top, bottom } = target.getBoundingClientRect();
      const seen = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
      window.tabStops.push({ order: Number(target.dataset.tabOrder), top: top + scrollY, bottom: bottom + scrollY, seen, html: target.outerHTML.slice(0, 120) });
    });
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    return all.length;
  });
  for (let presses = 0; presses < expected; presses += 1) await page.keyboard.press("Tab");
  const stops = (await page.evaluate(() => window.tabStops)).filter(({ html }) => !html.startsWith("<body"));
  const wrong = [];
  if (stops.length !== expected) wrong.push(`${stops.length} stops of ${expected}`);
  stops.forEach((stop, index) => {
    if (!stop.seen) wrong.push(`the focus is not seen: ${stop.html}`);
    if (stop.order !== index) wrong.push(`stop ${index} is out of order: ${stop.html}`);
    else if (index > 1 && stop.bottom <= stops[index - 1].top) wrong.push(`stop ${index} jumps upwards: ${stop.html}`);
  });
  return wrong;
};

/// An inspector of pages; `report` gives what it measured.
export const inspector = (origin) => {
  const titles = new Map();
  const figures = { pages: 0, largest: { sent: 0 }, ready: [], finished: [] };
  const measure = (name, { sent, ready, finished }) => {
    figures.pages += 1;
    if (sent > figures.largest.sent) figures.largest = { sent, name };
    figures.ready.push(ready);
    figures.finished.push(finished);
  };
  /// One title, one place; the same page with other contents is the same place.
  const placeOf = (page) => new URL(page.url()).pathname.replace(/^\/(apply|drafts|filings)\/[\w-]{8,}/, "/$1/*");

  const inspect = async (page, name, { language = "ja", deep = true } = {}) => {
    await page.waitForLoadState("load");
    const wrong = [];
    const tell = (where, found) => wrong.push(...found.map((one) => `${name}, ${where}: ${one}`));
    await page.setViewportSize(wide);
    const found = await page.evaluate(facts);
    measure(name, found);
    if (found.headings.length !== 1 || !found.headings[0]) tell("headings", [JSON.stringify(found.headings)]);
    if (found.language !== language || found.unnamed > 0) tell("language", [`${found.language}, ${found.unnamed} without a name`]);
    if (found.sent > MOST) tell("size", [`${found.sent} octets are sent`]);
    if (found.from.some((one) => one !== origin)) tell("requests", found.from);
    const place = placeOf(page);
    // Residents, agencies and operators each have a door of their own; within one, a title is one page's.
    const title = `${language} ${place.match(/^\/(agency|operator)\b/)?.[1] ?? "resident"} ${found.title}`;
    const before = titles.get(title) ?? place;
    titles.set(title, before);
    if (before !== place) tell("title", [`“${found.title}” is that of ${before} too`]);
    if (deep) tell("1280 pixels by day", await findings(page));
    tell("1280 pixels", await page.evaluate(cutOff));
    if (deep) tell("keyboard", await byKeyboard(page));
    await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
    await page.setViewportSize(narrow);
    if (deep) tell("375 pixels by night", await findings(page, { type: "rule", values: SHOWN }));
    tell("375 pixels", await page.evaluate(cutOff));
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce", forcedColors: "active" });
    tell("forced colours, reduced motion", await page.evaluate(unasked));
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "no-preference", forcedColors: "none" });
    await page.setViewportSize(zoomed);
    tell("400 %", await page.evaluate(cutOff));
    await page.setViewportSize(wide);
    return wrong;
  };

  const report = () => {
    const middle = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)].toFixed(0);
    const most = (all) => Math.max(...all).toFixed(0);
    return `${figures.pages} pages and states; the largest is ${figures.largest.name} with ${figures.largest.sent} octets; `
      + `DOMContentLoaded ${middle(figures.ready)} ms after the first octet (at most ${most(figures.ready)}), `
      + `loaded ${middle(figures.finished)} ms after that (at most ${most(figures.finished)})`;
  };
  return { inspect, report };
};

/// Watches a context: what breaks a page's security policy, fails in a script, or comes with a lax policy.
export const watch = (context, origin) => {
  const wrong = [];
  context.on("page", (page) => {
    page.on("console", (message) => { if (/Content.Security.Policy/i.test(message.text())) wrong.push(message.text()); });
    page.on("pageerror", (error) => wrong.push(String(error)));
  });
  context.on("request", (request) => { if (!request.url().startsWith(origin) && !request.url().startsWith("data:")) wrong.push(`asks ${request.url()}`); });
  context.on("response", (response) => {
    const headers = response.headers();
    if (!headers["content-type"]?.startsWith("text/html")) return;
    const policy = headers["content-security-policy"] ?? "";
    if (!policy.startsWith("default-src 'none'") || /unsafe|\*|https?:/.test(policy)) wrong.push(`${response.url()}: ${policy}`);
  });
  return () => assert.deepEqual(wrong, []);
};
