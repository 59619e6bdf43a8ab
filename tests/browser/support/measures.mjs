// SPDX-License-Identifier: GPL-3.0-or-later
/* What is wrong with what a page looks like, as sentences; each function runs in the page. */

/** Words too pale for what is behind them (WCAG AA: 4.5, large ones 3). What cannot be used now is
 * exempt, and what is not seen. */
export function paleWords() {
  const parse = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const over = (top, below) => {
    const mix = (name) => top[name] * top.a + below[name] * (1 - top.a);
    return { r: mix('r'), g: mix('g'), b: mix('b'), a: 1 };
  };
  const luminance = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map((value) => {
      const c = value / 255;
      return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.a > 0) layers.push(colour);
      if (colour.a === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), { r: 255, g: 255, b: 255, a: 1 });
  };
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    if (element.closest('script, style, noscript, option, .skip, [disabled], [aria-disabled=true]')) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const paper = behind(element);
    const [high, low] = [luminance(over(parse(style.color), paper)), luminance(paper)].sort((a, b) => b - a);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < (isLarge ? 3 : 4.5)) found.add(`"${element.textContent.trim().slice(0, 30)}" has a contrast of ${contrast.toFixed(2)}`);
  }
  return [...found];
}

/** What stands out to the right of the screen, or is cut off there. */
export function tooWide() {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.checkVisibility() && !element.closest('.table-box') && element.getBoundingClientRect().right > width + 0.5)
    .map((element) => `<${element.localName} class="${element.className}"> ends at ${element.getBoundingClientRect().right} of ${width} px`)
    .concat(`the page is ${document.documentElement.scrollWidth} px wide`);
}

/** Words and controls that lie over one another. */
export function overlaps() {
  const scope = document.querySelector('dialog[open]') ?? document.querySelector('main');
  /* what is left of a box where its surroundings hide the rest */
  const seen = ({ left, right, top, bottom }, element) => {
    const box = { left, right, top, bottom };
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      if (getComputedStyle(at).overflowX === 'visible') continue;
      const edge = at.getBoundingClientRect();
      Object.assign(box, { left: Math.max(box.left, edge.left), right: Math.min(box.right, edge.right) });
      Object.assign(box, { top: Math.max(box.top, edge.top), bottom: Math.min(box.bottom, edge.bottom) });
    }
    return { ...box, height: box.bottom - box.top };
  };
  const pieces = [];
  const walker = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest('option')) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    for (const box of range.getClientRects()) pieces.push({ element, box: seen(box, element), name: walker.currentNode.data.trim().slice(0, 30) });
  }
  for (const element of scope.querySelectorAll('button, input, select, textarea'))
    if (element.checkVisibility()) pieces.push({ element, box: element.getBoundingClientRect(), name: `<${element.localName}>` });
  const hits = [];
  for (const [i, a] of pieces.entries()) {
    for (const b of pieces.slice(i + 1)) {
      if (a.element.contains(b.element) || b.element.contains(a.element)) continue;
      const x = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const y = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      /* the boxes of two lines of words share the room of their marks */
      if (x > 1 && y > Math.min(a.box.height, b.box.height) / 3) hits.push(`"${a.name}" and "${b.name}" overlap by ${x.toFixed(0)} × ${y.toFixed(0)} px`);
    }
  }
  return hits;
}

/** What a thumb would miss: less than 44 px high or wide. A box to tick is hit by its label. */
export function smallTargets() {
  return [...document.querySelectorAll('button, summary, select, textarea, input, main a')]
    .filter((element) => element.checkVisibility() && getComputedStyle(element).display !== 'inline')
    .map((element) => (element.type === 'checkbox' ? element.closest('label') : element))
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([, { width, height }]) => width < 44 || height < 44)
    .map(([element, { width, height }]) => `<${element.localName}> "${element.textContent.trim().slice(0, 30)}": ${width} × ${height} px`);
}

export const MEASURES = { paleWords, tooWide, overlaps, smallTargets };

/** A picture as a few numbers: the mean colour of each cell of a grid, in hex. */
export async function digestOf(page, png, cells = 6) {
  return page.evaluate(
    async ([base64, n]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      let hex = '';
      for (let row = 0; row < n; row++) {
        for (let column = 0; column < n; column++) {
          const [x, y] = [Math.floor((image.width * column) / n), Math.floor((image.height * row) / n)];
          const [w, h] = [Math.floor(image.width / n), Math.floor(image.height / n)];
          const { data } = context.getImageData(x, y, w, h);
          const sums = [0, 0, 0];
          for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; c++) sums[c] += data[i + c];
          hex += sums.map((sum) => Math.round(sum / (data.length / 4)).toString(16).padStart(2, '0')).join('');
        }
      }
      return hex;
    },
    [png.toString('base64'), cells],
  );
}

/** How far two digests are apart: the mean and the largest difference of a value from 0 to 255. */
export function distance(a, b) {
  const bytes = (hex) => Buffer.from(hex, 'hex');
  const [x, y] = [bytes(a), bytes(b)];
  if (x.length !== y.length) return { mean: 255, max: 255 };
  const differences = [...x].map((value, i) => Math.abs(value - y[i]));
  return { mean: differences.reduce((sum, d) => sum + d, 0) / differences.length, max: Math.max(...differences) };
}
