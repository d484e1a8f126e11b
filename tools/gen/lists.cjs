// Prints as JSON what the generator reads of the npm packages; runs in the repository's root.
const {createRequire} = require("node:module")
const load = createRequire(process.cwd() + "/package.json")
const versions = Object.fromEntries(
  Object.entries(load("./package.json").devDependencies),
)
process.stdout.write(
  JSON.stringify({
    versions,
    holidays: Object.values(load("@holiday-jp/holiday_jp").holidays).map(({date, name, name_en}) => ({
      date: typeof date === "string" ? date.slice(0, 10) : date.toISOString().slice(0, 10),
      ja: name,
      en: name_en,
    })),
    bots: load("isbot").list,
    free: load("free-email-domains"),
    passwords: load("@zxcvbn-ts/language-common").dictionary["passwords-common"],
    disposable: load("disposable-email-domains-js").disposableEmailBlocklist(),
  }),
)
