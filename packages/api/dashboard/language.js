/**
 * Chromium in the locale "C" or "POSIX" calls its language `en-US@posix`, which Intl refuses: uPlot asks for it while it
 * is loaded, and the page would stay empty. Imported before uPlot.
 */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en' });
}
