// How many people what was told may be about, counted here: nothing that is chosen leaves the page.
const AGES = 101;
// Calibrated on made-up worlds with dependence.
export const DIVISOR = 3;
const COLOURS = [["green", 1000], ["yellow", 100], ["orange", 20], ["red", -1]];
const SEARCHABLE = 100; // fewer than this an official goes through one by one

// The table as packing.py writes it: code -> counts of girls and women by age, then of boys and men.
export const decode = (bytes) => {
  const table = new Map();
  for (let at = 0; at < bytes.length;) {
    const code = String(bytes[at] * 256 + bytes[at + 1]).padStart(4, "0"), counts = new Int32Array(2 * AGES);
    at += 2;
    for (let cell = 0; cell < counts.length; cell += 1) {
      let value = 0, shift = 0, byte;
      do {
        byte = bytes[at++];
        value |= (byte & 127) << shift;
        shift += 7;
      } while (byte > 127);
      counts[cell] = ((value >>> 1) ^ -(value & 1)) + (cell ? counts[cell - 1] : 0);
    }
    table.set(code, counts);
  }
  return table;
};

// Of one group only the rarest counts; always in one order, whatever the order of the answers.
export const rarest = (told) => {
  const groups = new Map();
  for (const { group, share } of told) groups.set(group, Math.min(share, groups.get(group) ?? 1));
  return [...groups.values()].sort((one, other) => one - other);
};

// Exact for place, age and sex; further things multiply, and then the truth may be a third of it.
export const estimate = (table, { place = "", from = 0, to = AGES - 1, sexes = [0, 1], told = [] } = {}) => {
  const codes = table ? [...table.keys()].filter((code) => code.startsWith(place)) : [];
  if (!codes.length) return { colour: "unknown", low: 0, high: 0 };
  let high = 0;
  for (const code of codes) for (const sex of sexes) for (let age = from; age <= to; age += 1) high += table.get(code)[sex * AGES + age];
  const shares = rarest(told);
  for (const share of shares) high *= share;
  const low = shares.length ? high / DIVISOR : high;
  return { colour: COLOURS.find(([, least]) => low >= least)[0], low, high };
};

const start = async (root) => {
  const all = (name) => [...root.querySelectorAll(name)], one = (name) => root.querySelector(name);
  const place = one("[data-place]"), age = one("[data-age]"), sex = one("[data-sex]"), reason = one("[data-reason]");
  const boxes = all("[data-share]"), marks = all("[data-recognised]");
  const number = new Intl.NumberFormat(document.documentElement.lang);
  let table = null;

  const said = () => {
    const ages = age.value ? age.value.split("-").map(Number) : [0, AGES - 1];
    return {
      place: place.value, from: ages[0], to: ages[1], sexes: sex.value ? [Number(sex.value)] : [0, 1],
      told: boxes.filter((box) => box.checked).map((box) => ({
        group: box.dataset.group, share: Number(box.dataset.share), registered: "registered" in box.dataset, box,
      })),
    };
  };
  // Without which of them most people would fit.
  const most = (now) => {
    const without = [
      [place, { place: "" }], [sex, { sexes: [0, 1] }], [age, { from: 0, to: AGES - 1 }],
      ...now.told.map((gone) => [gone.box, { told: now.told.filter((other) => other !== gone) }]),
    ].filter(([control]) => control.value).map(([control, rest]) => [control, estimate(table, { ...now, ...rest }).high]);
    return without.sort((a, b) => b[1] - a[1])[0]?.[0].labels[0].textContent;
  };
  const round = (people) => {
    const step = people >= 100 ? 10 ** (Math.floor(Math.log10(people)) - 1) : 1;
    return number.format(Math.floor(people / step) * step);
  };
  const wider = () => {
    if (place.value.length === 4) return [place, place.value.slice(0, 2)];
    const [from, to] = age.value.split("-").map(Number);
    const band = [...age.options].map((option) => option.value).find((value) => {
      const [first, last] = value.split("-").map(Number);
      return first <= from && last >= to && last - first > to - from;
    });
    if (band) return [age, band];
    return place.value ? [place, ""] : null;
  };

  const show = () => {
    const now = said(), found = estimate(table, now);
    const anything = Boolean(now.place || age.value || sex.value || now.told.length);
    for (const text of all("[data-shows]")) text.hidden = text.dataset.shows !== found.colour;
    one("[data-range]").hidden = found.colour === "unknown";
    const [low, high] = [round(found.low), round(found.high)];
    one("[data-people]").textContent = low === high ? low : `${low}–${high}`;
    one("[data-why]").hidden = !anything;
    one("[data-most]").textContent = most(now) ?? "";
    const official = estimate(table, { ...now, told: now.told.filter((told) => told.registered) });
    const lit = { relatives: marks.some((box) => box.checked), official: anything && official.low < SEARCHABLE };
    for (const lamp of all("[data-lamp]")) lamp.hidden = !lit[lamp.dataset.lamp];
    const stops = anything && ["red", "unknown"].includes(found.colour);
    one("[data-stop]").hidden = !stops;
    one("[data-wider]").hidden = !wider();
    // What was told can always be taken back.
    for (const box of boxes) box.disabled = stops && !reason.value && !box.checked;
  };

  one("[data-wider]").addEventListener("click", () => {
    const [control, value] = wider();
    control.value = value;
    show();
    control.focus();
  });
  root.addEventListener("change", show);
  show(); // without a table nothing is known, and the page says so
  if (!root.dataset.table) return;
  const answer = await fetch(root.dataset.table);
  if (answer.ok) table = decode(new Uint8Array(await answer.arrayBuffer()));
  show();
};

const root = globalThis.document?.querySelector("[data-meter]");
if (root) start(root);
