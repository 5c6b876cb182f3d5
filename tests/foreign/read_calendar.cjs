// Prints when the events of a calendar file are, as ical.js (Thunderbird, Nextcloud) and node-ical read it:
// node read_calendar.cjs FILE
const { readFileSync } = require("node:fs");
const nodeIcal = require("node-ical");

(async () => {
  const text = readFileSync(process.argv[2], "utf8");
  const { default: ICAL } = await import("ical.js");
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const events = calendar.getAllSubcomponents("vevent").map((one) => new ICAL.Event(one));
  const icaljs = events.map((one) => [one.uid, one.startDate.toUnixTime(), one.endDate.toUnixTime(), one.summary]);
  const nodeical = Object.values(nodeIcal.sync.parseICS(text)).filter((one) => one.type === "VEVENT")
    .map((one) => [one.uid, one.start.getTime() / 1000, one.end.getTime() / 1000, one.summary]);
  process.stdout.write(JSON.stringify({ icaljs, nodeical }));
})();
