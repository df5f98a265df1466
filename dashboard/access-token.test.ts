import { beforeEach, describe, expect, it } from '@jest/globals';
import { forgetToken, takeToken, type PlaceOfTokens } from './access-token.ts';

let stored: Map<string, string>;
let shown: string[];
beforeEach(() => {
  stored = new Map();
  shown = [];
});

const tabAt = (hash: string): PlaceOfTokens => ({
  location: { hash, pathname: '/', search: '?a=1' },
  history: { replaceState: (_state, _title, url) => void shown.push(String(url)) },
  sessionStorage: {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => void stored.set(key, value),
    removeItem: (key) => void stored.delete(key),
  },
});

describe('the token of the page', () => {
  it('moves from the address into the tab', () => {
    expect(takeToken(tabAt('#token=abc.def'))).toBe('abc.def');
    expect(shown).toEqual(['/?a=1']);
    expect(takeToken(tabAt(''))).toBe('abc.def');
  });

  it('in the address counts more than the one that the tab had', () => {
    takeToken(tabAt('#token=old'));
    expect(takeToken(tabAt('#token=new'))).toBe('new');
    expect(takeToken(tabAt('#elsewhere'))).toBe('new');
  });

  it.each(['', '#', '#token=', '#other=1'])('is missing at %j', (hash) => {
    expect(takeToken(tabAt(hash))).toBeNull();
    expect(shown).toEqual([]);
  });

  it('is gone once it is forgotten', () => {
    takeToken(tabAt('#token=abc'));
    forgetToken(tabAt(''));
    expect(takeToken(tabAt(''))).toBeNull();
  });
});
