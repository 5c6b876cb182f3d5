// Work against floods: a number whose SHA-256 with the challenge begins with zero bits. Sought while the person writes.
// Written out, because the browser's own digest answers one by one through a queue, a hundred times slower.
const primes = [];
for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime)) primes.push(n);
const bitsOf = (root) => ((root % 1) * 2 ** 32) | 0;
const K = primes.map((prime) => bitsOf(Math.cbrt(prime)));
const START = primes.slice(0, 8).map((prime) => bitsOf(Math.sqrt(prime)));
const turn = (word, by) => (word >>> by) | (word << (32 - by));
const words = new Int32Array(64);

// The first 32 bits of the hash of a text of plain letters.
const head = (text) => {
  const size = ((text.length + 8) >> 6) + 1;
  const blocks = new Int32Array(size * 16);
  for (let at = 0; at < text.length; at += 1) blocks[at >> 2] |= text.charCodeAt(at) << (24 - 8 * (at & 3));
  blocks[text.length >> 2] |= 0x80 << (24 - 8 * (text.length & 3));
  blocks[size * 16 - 1] = text.length * 8;
  const sum = Int32Array.from(START);
  for (let block = 0; block < size; block += 1) {
    let [a, b, c, d, e, f, g, h] = sum;
    for (let i = 0; i < 64; i += 1) {
      if (i < 16) words[i] = blocks[block * 16 + i];
      else {
        const x = words[i - 15], y = words[i - 2];
        words[i] = words[i - 16] + words[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
      }
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + words[i]) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((value, at) => { sum[at] += value; });
  }
  return sum[0];
};

const solve = async (work) => {
  const bits = Number(work.split(".")[2]);
  for (let answer = 0; ; answer += 1) {
    if (head(`${work}:${answer}`) >>> (32 - bits) === 0) return answer;
    // The page stays alive: keys and the way out come first.
    if (answer % 2000 === 1999) await new Promise((done) => { setTimeout(done); });
  }
};

// A form names its two fields: of the challenge, and of what is found (data-proof="form work").
const fields = (form) => form.dataset.proof.split(" ").map((name) => form.elements[name]);
const sought = new WeakMap();
const seek = () => {
  for (const form of document.querySelectorAll("form[data-proof]")) if (!sought.has(form)) sought.set(form, solve(fields(form)[0].value));
};
seek();
document.addEventListener("arrived", seek);

// Before anybody else hears of the form: it goes when the number is found.
addEventListener("submit", async (event) => {
  const form = event.target, submitter = event.submitter;
  if (!sought.has(form) || fields(form)[1].value) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.ariaBusy) return;
  form.ariaBusy = "true";
  fields(form)[1].value = await sought.get(form);
  // A number that was found before the press is here at once, and a form does not begin anew while it is being sent.
  await new Promise((done) => { setTimeout(done); });
  form.ariaBusy = null;
  form.requestSubmit(submitter);
}, { capture: true });
