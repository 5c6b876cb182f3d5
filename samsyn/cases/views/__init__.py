"""Pages of keys, cases, codes and officers: parse, call one action or query, render."""
