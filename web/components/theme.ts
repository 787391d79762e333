import { useEffect, useState } from 'preact/hooks';

type Theme = 'dark' | 'light';

const CHANGED = 'themechange';
const { dataset } = document.documentElement;
let isChosen = false;

/** The theme in which the page is shown now. */
const currentTheme = (): Theme => (dataset.theme === 'dark' ? 'dark' : 'light');

function show(theme: Theme): void {
  dataset.theme = theme;
  window.dispatchEvent(new Event(CHANGED));
}

/** Shows the page as the system asks, also when that changes, until `chooseTheme`. */
export function followSystemTheme(): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const follow = (): void => {
    if (!isChosen) show(system.matches ? 'dark' : 'light');
  };
  follow();
  system.addEventListener('change', follow);
}

export function chooseTheme(theme: Theme): void {
  isChosen = true;
  show(theme);
}

/** The theme, as it changes: what is drawn on a canvas has to be drawn again. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState(currentTheme);
  useEffect(() => {
    const onChange = (): void => setTheme(currentTheme());
    window.addEventListener(CHANGED, onChange);
    return () => window.removeEventListener(CHANGED, onChange);
  }, []);
  return theme;
}
