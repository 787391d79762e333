import { useState } from 'preact/hooks';
import { THEME_CHANGED } from '../components/use-theme';

const isDarkNow = (): boolean =>
  (document.documentElement.dataset.theme ??
    (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';

/** Changes between dark and light; at first, the page is as the system asks. */
export function ThemeButton() {
  const [isDark, setDark] = useState(isDarkNow);
  const change = (): void => {
    document.documentElement.dataset.theme = isDark ? 'light' : 'dark';
    setDark(!isDark);
    window.dispatchEvent(new Event(THEME_CHANGED));
  };
  return (
    <button type="button" onClick={change}>
      {isDark ? 'light' : 'dark'}
    </button>
  );
}
