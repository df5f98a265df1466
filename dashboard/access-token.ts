/** The token that lets the page in: it arrives behind the `#` of the printed address, and leaves that at once. */

const STORAGE_KEY = 'millrace.token';

export interface PlaceOfTokens {
  readonly location: Pick<Location, 'hash' | 'pathname' | 'search'>;
  readonly history: Pick<History, 'replaceState'>;
  /** Lives as long as the tab, and is no other tab's. */
  readonly sessionStorage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
}

/** Takes the token out of the address bar, where others could read it, or the one that the tab has. `null`: neither. */
export function takeToken({ location, history, sessionStorage }: PlaceOfTokens): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given === null || given === '') return sessionStorage.getItem(STORAGE_KEY);
  sessionStorage.setItem(STORAGE_KEY, given);
  history.replaceState(null, '', `${location.pathname}${location.search}`);
  return given;
}

export function forgetToken({ sessionStorage }: Pick<PlaceOfTokens, 'sessionStorage'>): void {
  sessionStorage.removeItem(STORAGE_KEY);
}
