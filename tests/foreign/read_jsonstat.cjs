// Prints what JSON-stat's own toolkit reads in each file: node read_jsonstat.cjs FILE...
const { readFileSync } = require("node:fs");
const JSONstat = require("jsonstat-toolkit");

const read = process.argv.slice(2).map((path) => {
  const dataset = JSONstat(JSON.parse(readFileSync(path, "utf8")));
  if (dataset.class !== "dataset" || dataset.length === 0) throw new Error(`${path} is no dataset`);
  const content = dataset.Dimension("content");
  return {
    label: dataset.label,
    source: dataset.source,
    notes: dataset.note,
    role: dataset.role,
    units: content.id.map((id) => content.Category(id).unit.base),
    rows: dataset.toTable({ type: "arrobj", status: true, field: "id", content: "id" }),
    labels: dataset.Dimension("row").Category().map((one) => one.label),
  };
});
process.stdout.write(JSON.stringify(read));
