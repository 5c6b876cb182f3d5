// Says of each page what html-validate finds against the HTML standard: one page a line comes in as a JSON string, one
// list a line goes out.
const { createInterface } = require("node:readline");
const { HtmlValidate, StaticConfigLoader } = require("html-validate");

const rules = {
  // Every asset is our own and the content security policy allows no other: there is no foreign file to vouch for.
  "require-sri": "off",
};
const checker = new HtmlValidate(
  new StaticConfigLoader({ root: true, extends: ["html-validate:standard", "html-validate:document"], rules }),
);
createInterface({ input: process.stdin }).on("line", (line) => {
  const said = checker.validateStringSync(JSON.parse(line)).results.flatMap((one) => one.messages);
  process.stdout.write(JSON.stringify(said.map((one) => `${one.ruleId} ${one.line}:${one.column} ${one.message}`)) + "\n");
});
