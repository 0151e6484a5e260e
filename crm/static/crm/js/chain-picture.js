// The map as a PNG that looks like the screen: a copy with its computed styles written into
// attributes is drawn on a canvas. It works in slices, so the page stays awake.
const KEPT = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin",
  "opacity", "display", "font-family", "font-size", "font-weight", "text-anchor",
];
const LARGEST = 8192;
const MARGIN = 16;
const SLICE = 12;

function pause() {
  return new Promise((resolve) => setTimeout(resolve));
}

// Same tag, classes and parents, same look: asked once.
function look(element, seen) {
  const chain = [];
  for (let one = element; one && one.tagName !== "svg"; one = one.parentElement) chain.push(`${one.tagName}.${one.getAttribute("class") ?? ""}`);
  const key = chain.join("<");
  if (!seen.has(key)) {
    const style = getComputedStyle(element);
    seen.set(key, KEPT.map((name) => [name, style.getPropertyValue(name)]));
  }
  return seen.get(key);
}

async function styled(svg) {
  const copy = svg.cloneNode(true);
  const [from, to] = [svg.querySelectorAll("*"), copy.querySelectorAll("*")];
  const seen = new Map();
  let begun = performance.now();
  for (let at = 0; at < from.length; at += 1) {
    for (const [name, value] of look(from[at], seen)) to[at].setAttribute(name, value);
    if (performance.now() - begun > SLICE) {
      await pause();
      begun = performance.now();
    }
  }
  for (const gone of copy.querySelectorAll("title, .card-ring")) gone.remove();
  return copy;
}

function ground(svg) {
  return getComputedStyle(svg.closest(".map-frame")).backgroundColor;
}

export async function savePicture(view, file) {
  const { svg, width, height } = view;
  view.write(false);
  const copy = await styled(svg);
  view.write(view.far);
  copy.removeAttribute("style");
  const [wide, high] = [width + 2 * MARGIN, height + 2 * MARGIN];
  const scale = Math.min(2, LARGEST / wide, LARGEST / high);
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg", viewBox: `${-MARGIN} ${-MARGIN} ${wide} ${high}`,
    width: wide * scale, height: high * scale, "font-family": getComputedStyle(svg).fontFamily,
  };
  for (const [name, value] of Object.entries(attributes)) copy.setAttribute(name, value);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(wide * scale);
  canvas.height = Math.round(high * scale);
  const pen = canvas.getContext("2d");
  pen.fillStyle = ground(svg);
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${file}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
