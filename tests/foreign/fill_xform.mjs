// Fills XForms in ODK's engine as a person would: node fill_xform.mjs STEPS FORM...
// STEPS is a file: a list of {question: [values]}. Prints for each form what each question is before, and what comes of it.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("");
for (const name of ["DOMParser", "XMLSerializer", "Node", "Element", "Document", "XMLDocument", "Attr", "Text", "Comment",
  "CDATASection", "ProcessingInstruction", "XPathResult", "NodeFilter", "document", "Event", "FormData", "File", "Blob"]) {
  if (window[name] !== undefined) globalThis[name] = window[name];
}
globalThis.window = window;
globalThis.__dirname = ".";
const { loadForm } = await import("@getodk/xforms-engine");

const [stepsPath, ...paths] = process.argv.slice(2);
const steps = JSON.parse(readFileSync(stepsPath, "utf8"));

const questions = (node) =>
  node.currentState.children.flatMap((child) =>
    child.currentState.children && child.nodeType !== "select" ? questions(child) : [child],
  );
const nameOf = (node) => node.currentState.reference.split("/").at(-1);

function look(root) {
  return Object.fromEntries(
    questions(root).filter((node) => node.currentState.valueOptions).map((node) => {
      const { relevant, required, label, valueOptions, value } = node.currentState;
      const options = valueOptions.map((one) => [one.value, one.label?.asString ?? ""]);
      const violation = node.validationState.violation?.condition ?? null;
      return [nameOf(node), { relevant, required, label: label?.asString, options, value, violation }];
    }),
  );
}

const said = [];
for (const path of paths) {
  const result = await loadForm(readFileSync(path, "utf8"));
  if (result.status === "failure") {
    said.push({ failure: String(result.error?.message ?? result.error) });
    continue;
  }
  const { root } = result.createInstance();
  const before = look(root);
  const languages = root.languages.map((one) => one.language ?? "");
  const wrong = [];
  for (const step of steps) {
    for (const [name, values] of Object.entries(step)) {
      const node = questions(root).find((one) => nameOf(one) === name);
      try {
        node.selectValues ? node.selectValues(values) : node.selectValue(values[0]);
      } catch (error) {
        wrong.push(`${name}: ${error.message}`);
      }
    }
  }
  const after = look(root);
  const inLanguages = {};
  for (const one of root.languages) {
    root.setLanguage(one);
    inLanguages[one.language] = Object.fromEntries(Object.entries(look(root)).map(([name, node]) => [name, node.label]));
  }
  const payload = await root.prepareInstancePayload({ payloadType: "monolithic" });
  const file = payload.data[0].get("xml_submission_file");
  const reader = new window.FileReader();
  const submission = await new Promise((resolve) => {
    reader.onload = () => resolve(reader.result);
    reader.readAsText(file);
  });
  said.push({ languages, before, after, inLanguages, wrong, status: payload.status, submission });
}
process.stdout.write(JSON.stringify(said));
