import { ago, moment } from './format.js';

/** Milliseconds that the server's clock is ahead of the browser's. */
let aheadMs = 0;

/**
 * Learns the server's time from the Date header of an answer.
 * @param {string | null} date
 */
export function heardTime(date) {
  const at = date === null ? Number.NaN : Date.parse(date);
  // The header has whole seconds: what is less than two is no difference.
  if (!Number.isNaN(at)) aheadMs = Math.abs(at - Date.now()) < 2_000 ? 0 : at - Date.now();
}

/** The server's time in milliseconds since 1970. */
export const now = () => Date.now() + aheadMs;

/** How long ago a moment is, kept up to date each second, with the exact time as title. */
class AgoTime extends HTMLElement {
  #ticking = 0;
  #text = '';
  connectedCallback() {
    this.tick();
    this.#ticking = window.setInterval(() => this.tick(), 1_000);
  }
  disconnectedCallback() {
    clearInterval(this.#ticking);
  }
  tick() {
    const at = Date.parse(this.getAttribute('at') ?? '');
    const text = Number.isNaN(at) ? 'never' : ago(Math.max(0, now() - at));
    if (text !== this.#text) this.textContent = text;
    this.#text = text;
    const title = Number.isNaN(at) ? '' : moment(at);
    if (title !== this.getAttribute('title')) this.setAttribute('title', title);
  }
  /** Its text is its own: only the attribute is taken over, and that has happened. */
  take() {
    this.tick();
  }
}
customElements.define('ago-time', AgoTime);

/**
 * @param {string | number | Date | null | undefined} at
 * @returns {HTMLElement}
 */
export function agoTime(at) {
  const element = document.createElement('ago-time');
  if (at !== null && at !== undefined) element.setAttribute('at', new Date(at).toISOString());
  return element;
}
