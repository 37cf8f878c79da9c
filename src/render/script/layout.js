// The layout of the page, in CSS pixels. Runs in a world of its own.
(screenWidth, screenHeight) => {
  const MOST_ELEMENTS = 20000;
  const MOST_TARGETS = 3000;
  const EXAMPLES = 10;
  const TARGET = 24; // WCAG 2.2, success criterion 2.5.8
  const SMALL_TEXT = 12;
  const root = document.documentElement;
  const body = document.body;
  const none = { screenWidth, screenHeight };
  if (!root || !body) return none;
  const layoutWidth = root.clientWidth || screenWidth;
  // A page laid out for a computer is shown smaller on a phone.
  const scale = Math.min(1, screenWidth / layoutWidth);
  const style = (element) => getComputedStyle(element);
  const held = (element) => ["hidden", "clip"].includes(style(element).overflowX);
  const pushed = !held(root) && !held(body);
  const contentWidth = pushed ? Math.max(root.scrollWidth, layoutWidth) : layoutWidth;
  const path = (element) => {
    const steps = [];
    for (let node = element; node && node.nodeType === 1 && steps.length < 60; node = node.parentElement) {
      if (node === root || node === body) {
        steps.unshift(node.localName);
        continue;
      }
      let place = 1;
      for (let other = node.previousElementSibling; other; other = other.previousElementSibling) {
        if (other.localName === node.localName) place += 1;
      }
      steps.unshift(`${node.localName}:nth-of-type(${place})`);
    }
    return steps.join(">");
  };
  const words = (element) =>
    (element.innerText || element.value || element.title || element.alt || element.getAttribute("aria-label") || "")
      .replace(/\s+/g, " ").trim().slice(0, 40);
  const box = (element, rect) => ({
    selector: path(element),
    text: words(element),
    x: Math.round(rect.left + scrollX),
    y: Math.round(rect.top + scrollY),
    width: Math.round(rect.width),
    height: Math.round(rect.height),
  });
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  // Inside something that scrolls or clips by itself, being wide pushes nothing.
  const tamed = (element) => {
    for (let node = element.parentElement; node && node !== body && node !== root; node = node.parentElement) {
      if (style(node).overflowX !== "visible") return true;
    }
    return false;
  };
  const all = [...body.querySelectorAll("*")].slice(0, MOST_ELEMENTS);
  let widest = null;
  if (contentWidth > layoutWidth + 1) {
    let reach = layoutWidth + 1;
    for (const element of all) {
      const rect = element.getBoundingClientRect();
      const right = rect.right + scrollX;
      // A bar fixed to both edges is as wide as the page has become.
      if (right > reach && rect.width > 0 && shown(element) && !tamed(element) && style(element).position !== "fixed") {
        reach = right;
        widest = box(element, rect);
      }
    }
  }
  const SELECTOR = "a[href], button, input:not([type=hidden]), select, textarea, summary, [onclick], [role=button], [role=link]";
  const found = [...body.querySelectorAll(SELECTOR)].slice(0, MOST_TARGETS).filter(shown);
  const isTarget = new Set(found);
  // The box of a link in a line does not hold the picture inside it.
  const area = (element) => {
    let { left, top, right, bottom } = element.getBoundingClientRect();
    if (style(element).display === "inline") {
      for (const child of element.children) {
        const rect = child.getBoundingClientRect();
        if (!rect.width || !rect.height) continue;
        if (right <= left || bottom <= top) ({ left, top, right, bottom } = rect);
        left = Math.min(left, rect.left);
        top = Math.min(top, rect.top);
        right = Math.max(right, rect.right);
        bottom = Math.max(bottom, rect.bottom);
      }
    }
    return new DOMRect(left, top, right - left, bottom - top);
  };
  // A link in a sentence is as high as the line (exception "inline").
  const inSentence = (element) => {
    const parent = element.parentElement;
    if (style(element).display !== "inline" || !parent) return false;
    let around = "";
    for (const node of parent.childNodes) if (node.nodeType === 3) around += node.data;
    return around.replace(/[\s|·•>»/\\、,，:：()（）\[\]【】-]/g, "").length >= 4;
  };
  // The size of a native box to tick is the browser's own matter (exception "user agent control").
  const native = (element) =>
    element.localName === "input" && ["checkbox", "radio"].includes(element.type) && style(element).appearance !== "none";
  const targets = [];
  for (const element of found) {
    if (element.disabled || native(element) || inSentence(element)) continue;
    if ([...element.children].some((child) => isTarget.has(child) && child.parentElement.children.length === 1)) continue;
    const rect = area(element);
    if (rect.width < 1 || rect.height < 1 || rect.right + scrollX <= 0 || rect.bottom + scrollY <= 0) continue;
    targets.push({ element, rect, small: rect.width * scale < TARGET - 0.5 || rect.height * scale < TARGET - 0.5 });
  }
  const middle = (rect) => [rect.left + rect.width / 2, rect.top + rect.height / 2];
  const distance = ([x, y], rect) =>
    Math.hypot(Math.max(rect.left - x, 0, x - rect.right), Math.max(rect.top - y, 0, y - rect.bottom));
  const crowded = (target) => {
    const at = middle(target.rect);
    return targets.some((other) => {
      if (other === target || other.element.contains(target.element) || target.element.contains(other.element)) return false;
      if (distance(at, other.rect) * scale < TARGET / 2) return true;
      const [x, y] = middle(other.rect);
      return other.small && Math.hypot(at[0] - x, at[1] - y) * scale < TARGET;
    });
  };
  const small = targets.filter((target) => target.small && crowded(target));
  let chars = 0;
  let smallChars = 0;
  const texts = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  for (let count = 0; count < MOST_ELEMENTS && texts.nextNode(); count += 1) {
    const holder = texts.currentNode.parentElement;
    const length = texts.currentNode.data.replace(/\s/g, "").length;
    if (!length || !holder || ["script", "style", "noscript"].includes(holder.localName) || !shown(holder)) continue;
    chars += length;
    if (parseFloat(style(holder).fontSize) * scale < SMALL_TEXT - 0.05) smallChars += length;
  }
  return {
    ...none,
    layoutWidth,
    contentWidth,
    contentHeight: Math.max(root.scrollHeight, body.scrollHeight),
    widest,
    tapTargets: targets.length,
    smallTargets: small.length,
    smallExamples: small.slice(0, EXAMPLES).map(({ element, rect }) => box(element, rect)),
    textChars: chars,
    smallTextChars: smallChars,
  };
}
