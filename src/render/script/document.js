// The document as it is now, as HTML: frames of the same origin and open shadow roots are written where they are seen.
// Runs in a world of its own, so the page's changes to built-in functions do not reach it.
(limit, asked) => {
  const VOID = new Set("area base br col embed hr img input link meta source track wbr".split(" "));
  const RAW = new Set("script style noscript xmp".split(" "));
  const SEEN_DEPTH = 400;
  const parts = [];
  let length = 0;
  let cut = false;
  const write = (text) => {
    if (cut) return;
    length += text.length;
    if (length > limit) cut = true;
    else parts.push(text);
  };
  const text = (value) => value.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/\u00a0/g, "&nbsp;");
  const attribute = (value) => text(value).replace(/"/g, "&quot;");
  const NAME = /^[^\s"'<>/=\u0000]+$/;
  const attributes = (element, inFrame) => {
    for (const { name, value } of element.attributes) {
      if (!NAME.test(name)) continue;
      let shown = value;
      if (inFrame && (name === "href" || name === "src") && value && !/^(#|javascript:|data:)/i.test(value.trim())) {
        try {
          shown = new URL(value, element.baseURI).href;
        } catch {
          // An address that is none stays as it is.
        }
      }
      write(` ${name}="${attribute(shown)}"`);
    }
  };
  const framed = (element) => {
    try {
      return element.contentDocument;
    } catch {
      return null;
    }
  };
  const children = (node) => {
    if (node.shadowRoot) return node.shadowRoot.childNodes;
    if (node.localName === "slot" && node.assignedNodes && node.assignedNodes().length) return node.assignedNodes();
    return node.childNodes;
  };
  const walk = (node, inFrame, depth) => {
    if (cut || depth > SEEN_DEPTH) return;
    if (node.nodeType === Node.TEXT_NODE) {
      const raw = node.parentNode && RAW.has(node.parentNode.localName);
      write(raw ? node.data.replace(/<\/(script|style|noscript|xmp)/gi, "<\\/$1") : text(node.data));
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    const name = node.localName;
    if (name === "template" || !NAME.test(name)) return;
    const document = name === "iframe" || name === "frame" ? framed(node) : null;
    if (document && document.body) {
      write(`<div data-frame="${attribute(document.URL)}">`);
      for (const child of document.body.childNodes) walk(child, true, depth + 1);
      write("</div>");
      return;
    }
    write(`<${name}`);
    attributes(node, inFrame);
    write(">");
    if (name === "head" && !node.querySelector("base[href]") && node.ownerDocument.URL.split("#")[0] !== asked) {
      write(`<base href="${attribute(node.ownerDocument.baseURI)}">`);
    }
    if (VOID.has(name)) return;
    for (const child of children(node)) walk(child, inFrame, depth + 1);
    write(`</${name}>`);
  };
  write("<!DOCTYPE html>");
  if (document.documentElement) walk(document.documentElement, false, 0);
  return { html: parts.join(""), cut };
}
