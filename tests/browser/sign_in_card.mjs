// Signing in at the gateway's own page with everything real: Chromium, the extension, its native messaging host, and an
// authentication certificate whose four-digit PIN is typed in the card client's window. What stands in the way is told with
// the client's own code. Signed in, an application is filed with the signature card over the extension; the link that is
// offered is accepted, the filing is listed and opened, the link is undone, and the person signs out.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cardClient, confirm, fillIn, look, opener, shut, stale, until, withExtension } from "./card.mjs";
import { startGateway } from "./gateway.mjs";

const folder = mkdtempSync(join(tmpdir(), "madoguchi-sign-in-card-"));
const gateway = await startGateway("", "madoguchi.example");
const client = cardClient(folder);
const windows = opener(folder);
const profile = join(folder, "profile");
const phrase = "青い朝顔と灯台";
const words = { title: "Street lamp out of order", body: "The street lamp in front of house 3 is out." };
const cards = ["sign-yamada", "auth-yamada", "auth-smith"].flatMap((card) => ["--p12", join(gateway.pki, `cards/${card}.p12`)]);
const hostArguments = ["--browser", "chromium", "--user-data-dir", profile];

const code = (page, expected) => until(async () => (await page.locator("[data-sign-in-code]").textContent()) === expected, expected);
const signInPage = async (page) => {
  await page.goto(`${gateway.origin}/sign-in?lang=en`);
  await page.waitForSelector("[data-sign-in]:visible");
};
/// What this browser is answered at an address.
const statusOf = (page, path) => page.evaluate(async (address) => (await fetch(address)).status, path);
const ready = (page) => page.waitForSelector("[data-card-way-extension]:visible");
/// What the page says before anything was done; it is no alert.
const lacking = async (page) => {
  await page.waitForSelector("[data-card][data-looked]");
  assert.equal(await page.locator("[role=alert]:visible").count(), 0, "calmly");
  return page.locator("[data-card-missing]").innerText();
};

/// From the extension alone to a client that trusts this gateway: each piece that is missing is told, and no window opens.
const missing = async (page) => {
  await signInPage(page);
  assert.match(await lacking(page), /ERR_WEBEID_NATIVE_UNAVAILABLE/);
  client.run(["native-host", "install", ...hostArguments, ...cards, "--open-with", windows.command]);
  await signInPage(page);
  const told = await lacking(page);
  assert.ok(told.includes("ERR_WEBEID_NATIVE_INVALID_ARGUMENT, gateway-not-trusted") && told.includes("madoguchi-card trust"), told);
  await look(page, "en-sign-in-1-not-trusted");
  assert.equal(windows.all().length, 0, "no window for a site that is not trusted");
  await client.pin(gateway);
  client.run(["phrase"], { input: `${phrase}\n` });
  await stale();
};

/// The person says no in the card client's window.
const cancelled = async (context, page) => {
  await signInPage(page);
  await ready(page);
  await page.click("[data-sign-in-button]");
  const window = await windows.next(context);
  await window.click("button[value=refuse]");
  await shut(window);
  await code(page, "ERR_WEBEID_USER_CANCELLED, user-cancelled");
  assert.equal((await context.cookies(gateway.origin)).some(({ name }) => name.endsWith("resident-session")), false);
};

/// Signs in; `wrong` is typed as the PIN first.
const signIn = async (context, page, { card, pin, wrong }) => {
  await signInPage(page);
  await ready(page);
  await page.click("[data-sign-in-button]");
  const window = await windows.next(context);
  const see = ["Sign in with your card", gateway.origin, phrase];
  if (wrong) {
    await confirm(window, { card, pin: wrong, see });
    await window.waitForSelector("#error");
    assert.equal(new URL(page.url()).pathname, "/sign-in", "nobody is signed in with a wrong PIN");
  }
  await confirm(window, { card, pin, see });
  await window.waitForSelector("h1.done");
  await shut(window);
  await page.waitForURL(`${gateway.origin}/account`);
  const cookies = await context.cookies(gateway.origin);
  const session = cookies.find(({ name }) => name.endsWith("resident-session"));
  assert.ok(session?.httpOnly && session.secure && session.name.startsWith("__Host-"), JSON.stringify(cookies.map(({ name }) => name)));
};

/// Files with the signature card over the extension, with one PIN entry; gives the arrival number.
const file = async (context, page) => {
  await page.goto(`${gateway.origin}/procedures/general-application?lang=en`);
  await page.click("main form[action$='/start'] button");
  await page.waitForSelector("[data-card-read]:visible");
  await page.click("[data-card-read]");
  const reading = await windows.next(context);
  await confirm(reading, { card: "sign-yamada", pin: "YAMADA01", see: [gateway.origin, phrase] });
  await reading.waitForSelector("h1.done");
  await shut(reading);
  await page.waitForSelector("#f-name[readonly]");
  await fillIn(page, words);
  await page.waitForSelector("[data-card-sign]:visible");
  await page.click("[data-card-sign]");
  const signing = await windows.next(context);
  await confirm(signing, { check: true, see: [words.title, words.body] });
  await signing.waitForSelector("h1.done");
  await shut(signing);
  await page.waitForSelector("#access-key");
  await look(page, "en-sign-in-2-receipt");
  return (await page.locator(".reference").first().textContent()).trim();
};

/// The offer is accepted, the filing listed and opened, the link undone: nothing is opened before or after it.
const link = async (page, number) => {
  const listed = () => page.locator(".account-list a").count();
  await page.click("main a[href='/account']");
  await page.waitForSelector("main form:has(input[value=link])");
  const offer = await page.locator("main section.card--main").innerText();
  assert.ok(offer.includes(number), `the offer names ${number}:\n${offer}`);
  assert.equal(await listed(), 0, "an offer opens nothing");
  await look(page, "en-sign-in-3-offer");
  await page.click("main form:has(input[value=link]) button");
  await page.waitForSelector(".account-list a");
  const list = await page.locator(".account-list").innerText();
  assert.ok(list.includes(words.title) && list.includes(number), list);
  await look(page, "en-sign-in-4-linked");
  const there = await page.locator(".account-list a").getAttribute("href");
  assert.equal(await statusOf(page, there), 200);
  await page.click(".account-list a");
  await page.waitForSelector(".timeline");
  assert.ok((await page.locator("main").innerText()).includes(number));
  await page.goto(`${gateway.origin}/account`);
  await page.click("main form:has(input[value=undo]) button");
  await page.waitForFunction(() => !document.querySelector(".account-list"));
  assert.equal(await statusOf(page, there), 404, "an undone link opens nothing");
  return there;
};

const signOut = async (page) => {
  await page.click("form.sign-out button");
  await page.waitForURL(`${gateway.origin}/sign-in`);
  await page.goto(`${gateway.origin}/account`);
  assert.equal(new URL(page.url()).pathname, "/sign-in", "signed out");
};

const context = await withExtension(profile, gateway);
try {
  const page = context.pages()[0];
  await missing(page);
  await cancelled(context, page);
  console.log("sign-in with a card: what is missing is told; a refusal signs nobody in");
  await signIn(context, page, { card: "auth-yamada", pin: "1234", wrong: "4321" });
  const number = await file(context, page);
  const filing = await link(page, number);
  await signOut(page);
  console.log("sign-in with a card: signed in over extension and native host, filed, linked, listed, undone, signed out");
  await signIn(context, page, { card: "auth-smith", pin: "5678" });
  assert.equal(await page.locator(".account-list, main form[action='/account/links']").count(), 0, "another card, another account");
  assert.equal(await statusOf(page, filing), 404);
  await signOut(page);
  console.log("sign-in with a card: a foreign resident's card has an account of its own");
} catch (error) {
  for (const [index, page] of context.pages().entries()) {
    await page.screenshot({ path: join(folder, "..", `card-sign-in-failed-${index}.png`), fullPage: true }).catch(() => {});
  }
  throw error;
} finally {
  await context.close();
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
