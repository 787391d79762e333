import { chooseTheme, useTheme } from './theme';

/** Changes between dark and light; at first, the page is as the system asks. */
export function ThemeButton() {
  const other = useTheme() === 'dark' ? 'light' : 'dark';
  return (
    <button type="button" onClick={() => chooseTheme(other)}>
      {other}
      <span class="hidden"> theme</span>
    </button>
  );
}
