/**
 * An element that looks after its own content (a chart): when the page is drawn anew, it takes over what its successor
 * was given.
 * @typedef {HTMLElement & { take(successor: any): void }} Keeper
 * @typedef {Node | string | number | null | undefined | false} Child
 */

/**
 * Makes an element. Texts become text nodes, never markup; null, undefined and false are left out, among attributes too.
 * `key` tells elements of a list apart when the page is drawn anew.
 * @param {string} tag
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes]
 * @param {...(Child | Child[])} children
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

/**
 * The same for SVG.
 * @param {string} tag
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes]
 * @param {...(Child | Child[])} children
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  fill(element, attributes, children);
  return element;
}

/**
 * @param {Element} element
 * @param {Record<string, string | number | boolean | null | undefined>} attributes
 * @param {(Child | Child[])[]} children
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'key') element.setAttribute('data-key', String(value));
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false && child !== '')
      element.append(typeof child === 'number' ? String(child) : child);
  }
}

/**
 * Makes the children of `parent` look like `wanted`, changing only what differs: focus, scroll positions, selections and
 * opened details survive.
 * @param {Element} parent
 * @param {readonly Node[]} wanted
 */
export function draw(parent, wanted) {
  const keyed = new Map();
  for (const child of parent.children) {
    const key = child.getAttribute('data-key');
    if (key !== null) keyed.set(key, child);
  }
  let next = parent.firstChild;
  for (const node of wanted) {
    const key = keyOf(node);
    const known = key === null ? nextOfKind(next, node) : keyed.get(key);
    if (known && sameKind(known, node)) {
      // A node that is where it belongs is not touched: moving would take the focus from it.
      if (known === next) next = known.nextSibling;
      else parent.insertBefore(known, next);
      become(known, node);
    } else {
      parent.insertBefore(node, next);
    }
  }
  while (next) {
    const after = next.nextSibling;
    next.remove();
    next = after;
  }
}

/**
 * The first node from here on that `node` can take over: what stood in between is gone, or comes later.
 * @param {ChildNode | null} from
 * @param {Node} node
 */
function nextOfKind(from, node) {
  let candidate = from;
  while (candidate && !sameKind(candidate, node)) candidate = candidate.nextSibling;
  return candidate;
}

/** @param {Node} node */
function keyOf(node) {
  return node instanceof Element ? node.getAttribute('data-key') : null;
}

/**
 * @param {Node} known
 * @param {Node} wanted
 */
function sameKind(known, wanted) {
  return known.nodeName === wanted.nodeName && keyOf(known) === keyOf(wanted);
}

/**
 * @param {Node} known
 * @param {Node} wanted
 */
function become(known, wanted) {
  if (!(known instanceof Element) || !(wanted instanceof Element)) {
    if (known.nodeValue !== wanted.nodeValue) known.nodeValue = wanted.nodeValue;
    return;
  }
  // Whether details are open is given when they are made, and the reader's affair from then on.
  for (const { name } of [...known.attributes])
    if (!wanted.hasAttribute(name) && name !== 'open') known.removeAttribute(name);
  for (const { name, value } of wanted.attributes)
    if (known.getAttribute(name) !== value && name !== 'open') known.setAttribute(name, value);
  if ('take' in known) /** @type {Keeper} */ (known).take(wanted);
  else draw(known, [...wanted.childNodes]);
}
