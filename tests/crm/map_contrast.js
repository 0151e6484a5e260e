// Contrast of every mark of the map with what lies behind it, as the browser paints them.
window.mapContrast = () => {
  const pen = Object.assign(document.createElement("canvas"), {width: 1, height: 1})
    .getContext("2d", {willReadFrequently: true});
  const paint = (colour) => {
    pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const light = (colour) => {
    const [r, g, b] = paint(colour).map((value) => linear(value / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, two) => {
    const [bright, dark] = [light(one), light(two)].sort((a, b) => b - a);
    return (bright + 0.05) / (dark + 0.05);
  };
  const of = (element, name) => getComputedStyle(element)[name];
  const found = {};
  for (const card of document.querySelectorAll(".map-card")) {
    const part = (name) => card.querySelector(name);
    const kind = card.classList[1] + (card.classList.contains("ghost") ? " ghost" : "");
    const ground = of(part(".card-fill"), "fill");
    const glyph = part(".card-glyph");
    const unknown = card.classList.contains("att-unknown");
    found[kind] = {
      name: ratio(of(part(".card-name"), "fill"), ground),
      title: ratio(of(part(".card-title"), "fill"), ground),
      frame: ratio(of(part(".card-frame"), "stroke"), ground),
      bar: ratio(of(part(".bar-rest"), "stroke"), ground),
      glyph: glyph ? ratio(of(glyph, unknown ? "stroke" : "fill"), of(part(".card-strip"), "fill")) : 21,
    };
  }
  const sheet = of(document.querySelector(".map-band.even rect"), "fill");
  for (const line of document.querySelectorAll(".layer-informal > g")) found[line.classList[0]] = { line: ratio(of(line, "stroke"), sheet) };
  return found;
};