// Every browser test, one after the other; the first that fails ends the run.
await import("./journey.mjs");
await import("./languages.mjs");
await import("./procedures.mjs");
await import("./lives.mjs");
await import("./design.mjs");
await import("./usability.mjs");
await import("./life.mjs");
await import("./agent.mjs");
await import("./extension.mjs");
await import("./firefox.mjs");
await import("./reader.mjs");
await import("./sign_in.mjs");
await import("./sign_in_card.mjs");
await import("./demo.mjs");
