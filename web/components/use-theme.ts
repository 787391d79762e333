import { useEffect, useState } from 'preact/hooks';

/** The event of a page that has changed its theme. */
export const THEME_CHANGED = 'themechange';

/** Renders what is drawn on a canvas again when the theme changes. */
export function useTheme(): void {
  const [, setChanges] = useState(0);
  useEffect(() => {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const onChange = (): void => setChanges((changes) => changes + 1);
    window.addEventListener(THEME_CHANGED, onChange);
    system.addEventListener('change', onChange);
    return () => {
      window.removeEventListener(THEME_CHANGED, onChange);
      system.removeEventListener('change', onChange);
    };
  }, []);
}
