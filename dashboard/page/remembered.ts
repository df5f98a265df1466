/** What was chosen last, for as long as the tab lives. */
import { useState } from 'preact/hooks';

export function useRemembered<T extends string>(
  key: string,
  fallback: T,
  isValid: (text: string) => text is T,
): readonly [chosen: T, choose: (value: T) => void] {
  const name = `millrace.${key}`;
  const [chosen, setChosen] = useState<T>(() => {
    const stored = sessionStorage.getItem(name);
    return stored !== null && isValid(stored) ? stored : fallback;
  });
  const choose = (value: T): void => {
    sessionStorage.setItem(name, value);
    setChosen(value);
  };
  return [chosen, choose];
}
