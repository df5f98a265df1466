import { describe, expect, it } from '@jest/globals';
import { SymbolDirectory, type ToldListing } from './symbol-directory.ts';

function told(pair: string, change: Partial<ToldListing> = {}): ToldListing {
  return {
    instrumentId: `binance:${pair}`,
    symbol: pair.replace('-', ''),
    status: 'trading',
    priceStep: '0.01',
    quantityStep: '0.00001',
    leastQuantity: '0.00001',
    leastNotional: '5',
    ...change,
  };
}

/** `pair status` of each instrument of which something new was said, and the causes of what was set aside. */
function said(directory: SymbolDirectory, listings: readonly ToldListing[], isWhole = true): string[] {
  return directory.take(listings, isWhole).map((event) => {
    if (event.kind === 'instrument') return `${event.listing.instrumentId} ${event.listing.status}`;
    return event.kind === 'set-aside' ? `${event.what}: ${event.cause}` : event.kind;
  });
}

describe('a directory of symbols', () => {
  it('names what the catalogue lists, whatever the codes look like', () => {
    const directory = new SymbolDirectory();
    const pairs = ['BTC-AEUR', 'EUR-AEUR', 'T-USDT', '1000SHIB-USDT', '币安人生-USDT'];
    said(
      directory,
      pairs.map((pair) => told(pair)),
    );
    for (const pair of pairs) expect(directory.instrumentOf(pair.replace('-', ''))).toBe(`binance:${pair}`);
    expect(directory.instrumentOf('BTCUSDT')).toBeNull();
    expect(directory.isWhole).toBe(true);
  });

  it('says of an instrument only what is new', () => {
    const directory = new SymbolDirectory();
    expect(said(directory, [told('BTC-USDT'), told('ETH-USDT')])).toEqual([
      'binance:BTC-USDT trading',
      'binance:ETH-USDT trading',
    ]);
    expect(said(directory, [told('BTC-USDT'), told('ETH-USDT')])).toEqual(['notice']);
    expect(said(directory, [told('BTC-USDT'), told('ETH-USDT', { priceStep: '0.1' })])).toEqual([
      'binance:ETH-USDT trading',
    ]);
  });

  it('keeps what a later catalogue lists no more, as delisted, for prints that come late', () => {
    const directory = new SymbolDirectory();
    said(directory, [told('BTC-USDT'), told('LUNA-USDT')]);
    expect(said(directory, [told('BTC-USDT')])).toEqual(['binance:LUNA-USDT delisted']);
    expect(directory.instrumentOf('LUNAUSDT')).toBe('binance:LUNA-USDT');
    expect(said(directory, [told('BTC-USDT'), told('LUNA-USDT')])).toEqual(['binance:LUNA-USDT trading']);
  });

  it('takes nothing away for an answer to some symbols, nor for one that was cut short', () => {
    const directory = new SymbolDirectory();
    const many = Array.from({ length: 100 }, (_, n) => told(`A${n}-USDT`));
    said(directory, many);
    expect(said(directory, [many[0]!], false)).toEqual(['notice']);
    expect(said(directory, many.slice(0, 40))).toEqual([
      'short catalogue: it lists 40 instruments, and 60 of 100 no more',
    ]);
    expect(said(directory, [])).toEqual(['short catalogue: it lists 0 instruments, and 100 of 100 no more']);
    expect([...directory.listings()].every(({ status }) => status === 'trading')).toBe(true);
  });

  it('does not take an answer to some symbols for all that there is', () => {
    const directory = new SymbolDirectory();
    said(directory, [told('BTC-USDT')], false);
    expect(directory.isWhole).toBe(false);
  });

  it('gives a symbol that was listed again for another base to that one', () => {
    const directory = new SymbolDirectory();
    said(directory, [told('BTC-USDT'), told('ABC-USDT')]);
    said(directory, [told('BTC-USDT'), told('AB-CUSDT')]);
    expect(directory.instrumentOf('ABCUSDT')).toBe('binance:AB-CUSDT');
    expect(directory.listingOf('binance:ABC-USDT')).toMatchObject({ status: 'delisted' });
  });

  it('takes the one that trades of two that are one, and says of the other that it is listed twice', () => {
    const directory = new SymbolDirectory();
    expect(
      said(directory, [
        told('BTC-USDT', { status: 'halted', symbol: 'XBTUSDT' }),
        told('BTC-USDT'),
        told('ETH-USDT'),
        told('ET-HUSDT'),
      ]),
    ).toEqual([
      'listing: "ETHUSDT": the symbol is listed twice',
      'listing: "XBTUSDT": binance:BTC-USDT is listed twice',
      'binance:BTC-USDT trading',
      'binance:ETH-USDT trading',
    ]);
  });

  it('sets a code aside that is none: with a slash, a colon, a space, or a letter that nobody sees', () => {
    for (const pair of [
      'A/B-USDT',
      'A:B-USDT',
      'A B-USDT',
      '\u3164-USDT',
      '\u202eBTC-USDT',
      '-USDT',
      'A-B-C',
    ])
      expect(said(new SymbolDirectory(), [told(pair)], false)[0]).toMatch(
        /expected codes of letters and digits/,
      );
  });

  it('knows a symbol by its letters, composed or not', () => {
    const directory = new SymbolDirectory();
    said(directory, [told('ÉCU-USDT', { symbol: 'E\u0301CUUSDT' })]);
    expect(directory.instrumentOf('ÉCUUSDT')).toBe('binance:ÉCU-USDT');
    expect(directory.instrumentOf('E\u0301CUUSDT')).toBe('binance:ÉCU-USDT');
  });

  it('tells names apart that look alike', () => {
    const directory = new SymbolDirectory();
    said(directory, [told('BTC-USDT'), told('ВТС-USDT')]);
    expect(directory.instrumentOf('BTCUSDT')).toBe('binance:BTC-USDT');
    expect(directory.instrumentOf('ВТСUSDT')).toBe('binance:ВТС-USDT');
  });

  it('knows what was asked for until a catalogue says otherwise', () => {
    const directory = new SymbolDirectory();
    directory.assume('币安人生USDT', 'binance:币安人生-USDT');
    expect(directory.instrumentOf('币安人生USDT')).toBe('binance:币安人生-USDT');
    said(directory, [told('币安-人生USDT')]);
    expect(directory.instrumentOf('币安人生USDT')).toBe('binance:币安-人生USDT');
  });

  it('goes on from where another was', () => {
    const [before, after] = [new SymbolDirectory(), new SymbolDirectory()];
    said(before, [told('BTC-USDT'), told('LUNA-USDT')]);
    said(before, [told('BTC-USDT')]);
    after.resume(before.listings(), before.isWhole);
    expect([...after.listings()]).toEqual([...before.listings()]);
    expect(said(after, [told('BTC-USDT')])).toEqual(['notice']);
  });

  it('takes so many and no more', () => {
    const directory = new SymbolDirectory();
    const many = Array.from({ length: 20_010 }, (_, n) => told(`A${n}-USDT`));
    expect(said(directory, many).filter((text) => text.startsWith('listing: '))).toHaveLength(10);
  });
});
