// What is wrong with the page as it is drawn now, as a list of sentences; empty if nothing is.
(() => {
  const found = [];
  const say = (text) => { if (found.length < 40) found.push(text); };
  const name = (element) => element.textContent.trim().slice(0, 40) || element.tagName;
  const overlap = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;

  // The page itself does not scroll sideways.
  if (document.documentElement.scrollWidth > innerWidth)
    say(`wide: the page is ${document.documentElement.scrollWidth} wide in a window of ${innerWidth}`);

  // Sections are there, below each other.
  const parts = [...document.querySelectorAll("header, main > section")];
  const boxes = parts.map((part) => part.getBoundingClientRect());
  parts.forEach((part, at) => {
    if (boxes[at].width < 200 || boxes[at].height < 40) say(`empty: ${name(part)}`);
    for (let other = 0; other < at; other++)
      if (overlap(boxes[at], boxes[other])) say(`overlap: ${name(part)} and ${name(parts[other])}`);
  });

  // Colours, as numbers and over each other.
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (text) => {
    if (!known.has(text)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = text;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(text, [r, g, b, a / 255]);
    }
    return known.get(text);
  };
  const over = (top, alpha, below) => top.slice(0, 3).map((part, at) => part * alpha + below[at] * (1 - alpha));
  const luminance = (color) => {
    const [r, g, b] = color.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, layer[3], below), [255, 255, 255]);
  };
  const backgrounds = new Map();
  const background = (element) => {
    if (!backgrounds.has(element)) backgrounds.set(element, behind(element));
    return backgrounds.get(element);
  };
  const judge = (element, color, below, least) => {
    const ratio = contrast(over(color, color[3], below), below);
    if (ratio < least) say(`contrast: ${ratio.toFixed(2)} of ${name(element)}`);
  };

  // Every text: inside of what is shown or can be scrolled to, and readable.
  const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
  const frames = new Map();
  const frame = (element) => {
    if (!frames.has(element)) {
      let at = element.parentElement;
      while (at && !scrolls(at)) at = at.parentElement;
      frames.set(element, at);
    }
    return frames.get(element);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("title, script, style")) continue;
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (box.width < 1 || box.height < 1 || style.visibility !== "visible") {
      say(`unseen: ${node.data.trim().slice(0, 40)}`);
      continue;
    }
    if (parseFloat(style.fontSize) < 11) say(`small: ${style.fontSize} of ${name(element)}`);
    const inSvg = element.namespaceURI.endsWith("svg");
    const holder = inSvg ? element.ownerSVGElement.getBoundingClientRect() : element.getBoundingClientRect();
    const inline = !inSvg && style.display === "inline";
    if (!inline && (box.left < holder.left - 1 || box.right > holder.right + 1 || box.top < holder.top - 2 || box.bottom > holder.bottom + 2))
      say(`clipped: ${node.data.trim().slice(0, 40)}`);
    const around = frame(element);
    const [left, right] = around
      ? [-around.scrollLeft, around.scrollWidth - around.scrollLeft].map((x) => x + around.getBoundingClientRect().left)
      : [0, innerWidth];
    if (box.left < left - 1 || box.right > right + 1) say(`clipped: ${node.data.trim().slice(0, 40)}`);
    if (inSvg) {
      let below = background(element.ownerSVGElement.parentElement);
      for (const shape of element.closest("g")?.querySelectorAll("rect") ?? []) {
        const fill = getComputedStyle(shape);
        const color = rgba(fill.fill);
        below = over(color, color[3] * parseFloat(fill.fillOpacity), below);
      }
      judge(element, rgba(style.fill), below, 4.5);
    } else {
      judge(element, rgba(style.color), background(element), 4.5);
    }
  }

  // Pictures: a role, a name, lines that stand out, texts that do not cover each other.
  for (const picture of document.querySelectorAll("svg, img, canvas")) {
    const label = picture.getAttribute("aria-label") || "";
    if (picture.getAttribute("role") !== "img" || !label.trim()) say(`unnamed: picture in ${name(picture.parentElement)}`);
    if (!picture.querySelector(":scope > title")?.textContent.trim()) say(`untitled: picture ${label}`);
    const below = background(picture.parentElement);
    for (const shape of picture.querySelectorAll(".edge, .axis, .taken, .usable, .state > rect:not(.fill)"))
      judge(picture, rgba(getComputedStyle(shape).stroke), below, 3);
    for (const shape of picture.querySelectorAll(".plan, .mark")) judge(picture, rgba(getComputedStyle(shape).fill), below, 3);
    const texts = [...picture.querySelectorAll("text")].map((text) => [text, text.getBoundingClientRect()]);
    texts.sort((a, b) => a[1].top - b[1].top);
    texts.forEach(([text, box], at) => {
      for (let next = at + 1; next < texts.length && texts[next][1].top < box.bottom; next++)
        if (overlap(box, texts[next][1])) say(`covered: ${name(text)} and ${name(texts[next][0])}`);
    });
  }

  // Headings: one of the first level, and none left out.
  const levels = [...document.querySelectorAll("h1, h2, h3, h4")].map((heading) => Number(heading.tagName[1]));
  if (levels.filter((level) => level === 1).length !== 1) say("headings: not one of level 1");
  levels.forEach((level, at) => { if (at > 0 && level > levels[at - 1] + 1) say("headings: a level is left out"); });
  for (const table of document.querySelectorAll("table"))
    if (!table.querySelector("thead th[scope=col]")) say("table: no head");

  // What can be used, or scrolled, can be reached.
  for (const element of document.querySelectorAll("*")) {
    const usable = element.matches("a[href], button, input, select, textarea, summary, [role=button], [role=link], [onclick], [tabindex]");
    const scrolled = !usable && element !== document.documentElement && scrolls(element) &&
      (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1);
    if ((usable || scrolled) && element.tabIndex < 0) say(`unreachable: ${name(element)}`);
  }
  return found;
})()
