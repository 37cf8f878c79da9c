// What a visitor does who wants to see all of a list: scrolls to its end, and presses the button that says there is more.
// Says how much the page holds before that, and whether it offers more. Runs in a world of its own.
(act) => {
  const MOST_ELEMENTS = 20000;
  const LONGEST = 14;
  const SCREENS = 50; // pixels beyond the edge from which on a box is worth scrolling
  // "Load more" and its kin. Plain "more" is left out: it leads to other pages.
  const WORDS = /^(点击|点此|上拉|上滑|下拉|继续)?(加载|查看|显示|展开)(更多|下一页|全部)(内容|数据|事项|信息|结果)?$/;
  const root = document.scrollingElement || document.documentElement;
  const body = document.body;
  if (!root || !body) return { size: 0, offers: false, acted: false };
  const all = [...body.querySelectorAll("*")];
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  // A link with an address leads away; the crawler follows it by itself.
  const leads = (element) => {
    const link = element.closest("a[href]");
    return link !== null && !/^(#|#!|javascript:.*)?$/i.test(link.getAttribute("href").trim());
  };
  const offers = all.slice(0, MOST_ELEMENTS).filter((element) => {
    if (element.childElementCount > 2 || !element.textContent || element.textContent.length > LONGEST * 4) return false;
    const words = element.textContent.replace(/[\s.…>»∨↓]+/g, "");
    return words.length <= LONGEST && WORDS.test(words) && shown(element) && !leads(element) && !element.disabled;
  });
  // Of elements within each other only the innermost is pressed: what is pressed there is pressed around it as well.
  const pressed = offers.filter((element) => !offers.some((other) => other !== element && element.contains(other)));
  const boxes = [root, ...all.slice(0, MOST_ELEMENTS)].filter((element) => {
    const room = element.scrollHeight - element.clientHeight - element.scrollTop;
    if (room < SCREENS || element.clientHeight < SCREENS) return false;
    return element === root || ["auto", "scroll"].includes(getComputedStyle(element).overflowY);
  });
  const seen = { size: all.length + body.textContent.length, offers: offers.length > 0, acted: false };
  if (act) {
    for (const box of boxes) box.scrollTop = box.scrollHeight;
    for (const element of pressed.slice(0, 3)) element.click();
    seen.acted = boxes.length > 0 || pressed.length > 0;
  }
  return seen;
}
