// Light or dark, before the first paint: a page that was made dark must not flash white. Not a module: those run later.
{
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const chosen = localStorage.getItem('plinth.theme');
    const system = dark.matches ? 'dark' : 'light';
    document.documentElement.dataset.theme = chosen === 'light' || chosen === 'dark' ? chosen : system;
    dispatchEvent(new Event('theme'));
  };
  dark.addEventListener('change', apply);
  addEventListener('theme-chosen', apply);
  apply();
}
