// What residents answer in the procedures of different shapes, for the tests that go through their pages.

/// The parts of a date as their controls are named.
export const date = (name, era, year, month, day) =>
  ({ [`${name}-era`]: era, [`${name}-year`]: year, [`${name}-month`]: month, [`${name}-day`]: day });

/// What is typed on each page, by the ends of the controls' ids; an array is a group's entries.
export const procedures = {
  "moving-out": [
    ["filing-as", { filing_as: "self" }],
    ["date", date("moves_on", "reiwa", "8", "12", "1")],
    ["destination", { destination: "japan" }],
    ["new-address", { new_postcode: "160-0023", new_municipality: "131041", new_address: "西新宿二丁目8番1号", new_head: "山田　花子" }],
    ["who-moves", { movers: "with-others" }],
    ["members", [
      { name: "山田　太郎", kana: "ﾔﾏﾀﾞ ﾀﾛｳ", ...date("date_of_birth", "heisei", "20", "4", "1"), relation: "child" },
      { name: "山田　次郎", kana: "やまだ じろう", ...date("date_of_birth", "heisei", "22", "4", "1"), relation: "other", relation_words: "甥" },
    ]],
    ["contact", { telephone: "090-1234-5678" }],
  ],
  "child-allowance": [
    ["filed-by", { filed_by: "self" }],
    ["you", {}],
    ["reason", { reason: "birth", ...date("reason_day", "reiwa", "8", "11", "1") }],
    ["capacity", { capacity: "parent" }],
    ["children", [{ name: "山田　一", ...date("date_of_birth", "reiwa", "8", "11", "1"), lives_with: "together" }]],
    ["apart", { lives_apart: "true" }],
    ["pension", { pension: "employees" }],
    ["public-account", { public_account: "false" }],
    ["account", { bank_code: "0001", branch_code: "001", account_kind: "ordinary", account_number: "１２３４５６７", account_holder: "ﾔﾏﾀﾞ ﾊﾅｺ" }],
    ["contact", { telephone: "0312345678" }],
    ["declaration", { declared: "true" }],
  ],
  alias: [
    ["whom", { for_whom: "self" }],
    ["names", { alphabet_name: "YAMADA HANAKO", card_number: "AB12345678CD", nationality: "Brazil" }],
    ["what", { what: "change" }],
    ["old-alias", { old_alias: "青木　花子" }],
    ["alias", { alias: "山田　花子", alias_kana: "やまだ　はなこ" }],
    ["ground", { ground: "status-change" }],
    ["explanation", { explanation: "婚姻により氏が変わりました。" }],
    ["contact", { telephone: "0312345678" }],
  ],
};
