// A page by keyboard alone: everything is reached with Tab, seen to have the focus, and worked with Enter, Space, arrows and
// letters.
import assert from "node:assert/strict";
import { within } from "./card.mjs";

/// More stops than any page has.
const MOST_STOPS = 250;

/// What the keyboard is on: whether it is what was looked for, and whether a person sees where they are.
const here = (selector) => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  return { there: at.matches(selector), seen: outlined || style.boxShadow !== "none" || at.type === "file", name: at.outerHTML.slice(0, 120) };
};

export const keyboard = (page) => {
  // Heard from the beginning: asked for at the press of the key, the chooser may have opened by then.
  let waiting = () => {};
  page.on("filechooser", (chooser) => waiting(chooser));

  const reach = async (selector) => {
    await page.waitForSelector(selector, { state: "attached" });
    for (let stops = 0; stops < MOST_STOPS; stops += 1) {
      const { there, seen, name } = await page.evaluate(here, selector);
      if (there) return assert.ok(seen, `the focus is seen on ${name}`);
      await page.keyboard.press("Tab");
    }
    throw new Error(`the keyboard does not reach ${selector} on ${page.url()}`);
  };

  /// Enter on what leads to another page, or sends a form.
  const go = async (selector) => {
    await reach(selector);
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  };

  /// Enter on what stays here.
  const press = async (selector, key = "Enter") => {
    await reach(selector);
    await page.keyboard.press(key);
  };

  const type = async (selector, text) => {
    await reach(selector);
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type(text);
    assert.equal(await page.inputValue(selector), text, `${selector} holds what was typed`);
  };

  /// One of several radio buttons: Tab leads to the group, arrows choose in it.
  const choose = async (selector) => {
    const name = await page.getAttribute(selector, "name");
    await reach(`input[type=radio][name="${name}"]`);
    await page.keyboard.press("Space");
    for (let steps = 0; !(await page.isChecked(selector)); steps += 1) {
      assert.ok(steps < 60, `arrows choose ${selector}`);
      await page.keyboard.press("ArrowDown");
    }
  };

  const select = async (selector, value) => {
    await reach(selector);
    await page.keyboard.press("Home");
    for (let steps = 0; (await page.inputValue(selector)) !== value; steps += 1) {
      assert.ok(steps < 60, `arrows choose ${value} in ${selector}`);
      await page.keyboard.press("ArrowDown");
    }
  };

  /// Files, through the chooser that the browser opens.
  const files = async (selector, chosen) => {
    await reach(selector);
    const opened = new Promise((resolve) => { waiting = resolve; });
    await page.keyboard.press("Enter");
    await (await within(opened, `the file chooser of ${selector}`)).setFiles(chosen);
  };

  /// What a link or button saves: where it was saved.
  const save = async (selector) => {
    await reach(selector);
    const [file] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    return file.path();
  };

  /// A control of a form, whatever it is.
  const answer = async (id, value) => {
    if (await page.locator(`${id}-${value}[type=radio]`).count()) return choose(`${id}-${value}`);
    if (await page.locator(`select${id}`).count()) return select(id, value);
    return type(id, value);
  };

  return { reach, go, press, type, choose, files, save, answer };
};
