/** The colours of the style sheet, for what is drawn on a canvas and cannot read it. */
import { useEffect, useState } from 'preact/hooks';

export interface Theme {
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly up: string;
  readonly down: string;
  readonly upFaint: string;
  readonly downFaint: string;
  /** The same colours without any of them left: a gradient to `transparent` would pass through black. */
  readonly upClear: string;
  readonly downClear: string;
  readonly bought: string;
  readonly sold: string;
  readonly doubtful: string;
  readonly font: string;
}

function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return {
    text: of('--text-quiet'),
    faint: of('--text-faint'),
    line: of('--line-faint'),
    up: of('--up'),
    down: of('--down'),
    upFaint: of('--up-faint'),
    downFaint: of('--down-faint'),
    upClear: `${of('--up')}00`,
    downClear: `${of('--down')}00`,
    bought: of('--bought'),
    sold: of('--sold'),
    doubtful: of('--warn'),
    font: of('--font'),
  };
}

/** Follows the system between dark and light. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => {
    const preference = matchMedia('(prefers-color-scheme: dark)');
    const onChange = (): void => setTheme(readTheme());
    preference.addEventListener('change', onChange);
    return () => preference.removeEventListener('change', onChange);
  }, []);
  return theme;
}
