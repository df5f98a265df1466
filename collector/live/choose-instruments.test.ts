import { describe, expect, it } from '@jest/globals';
import { SymbolDirectory, type ToldListing } from '../../shared/adapters/exchanges/symbol-directory.ts';
import { chooseInstruments } from './choose-instruments.ts';

function directory(exchange: string, ...pairs: readonly string[]): SymbolDirectory {
  const listed = new SymbolDirectory();
  const told = pairs.map((text): ToldListing => {
    const [pair = '', status = 'trading'] = text.split(' ');
    return {
      instrumentId: `${exchange}:${pair}`,
      symbol: exchange === 'kraken' ? pair.replace('-', '/') : pair.replace('-', ''),
      status: status as ToldListing['status'],
      priceStep: null,
      quantityStep: null,
      leastQuantity: null,
      leastNotional: null,
    };
  });
  listed.take(told, true);
  return listed;
}

const binance = directory(
  'binance',
  'BTC-USDT',
  'BTC-USDC',
  'ETH-USDT',
  'BTC-AEUR',
  '币安人生-USDT',
  'LUNA-USDT halted',
);

describe('what is asked for and the venue lists', () => {
  it.each([
    ['btcaeur', 'binance:BTC-AEUR'],
    ['BTC-AEUR', 'binance:BTC-AEUR'],
    ['binance:BTC-USDC', 'binance:BTC-USDC'],
    ['币安人生USDT', 'binance:币安人生-USDT'],
    ['币安人生-usdt', 'binance:币安人生-USDT'],
  ])('is listened to: %s', (symbol, instrumentId) => {
    expect(chooseInstruments('binance', [symbol], binance)).toEqual([instrumentId]);
  });

  it('may have small letters of its own', () => {
    const kraken = directory('kraken', 'AAPLx-USD', 'BTC-USD');
    expect(chooseInstruments('kraken', ['AAPLx/USD', 'btc-usd', 'XBT/USD'], kraken)).toEqual([
      'kraken:AAPLx-USD',
      'kraken:BTC-USD',
    ]);
  });
});

describe('what is asked for and the venue does not list is refused in one line, with the nearest names:', () => {
  it.each([
    [
      'BTC-USDX',
      'live: "BTC-USDX" is not listed by binance, expected a pair of its catalogue, nearest: BTC-USDT, BTC-USDC',
    ],
    [
      'BTCUSTD',
      'live: "BTCUSTD" is not listed by binance, expected a pair of its catalogue, nearest: BTC-USDT, BTC-USDC',
    ],
    [
      'ВТС-USDT',
      'live: "ВТС-USDT" is not listed by binance, expected a pair of its catalogue, nearest: BTC-USDT',
    ],
    ['NONSENSE', 'live: "NONSENSE" is not listed by binance, expected a pair of its catalogue'],
    ['LUNA-USDT', 'live: "LUNA-USDT" is listed by binance and does not trade now, expected one that does'],
  ])('%s', (symbol, message) => {
    let said = '';
    try {
      chooseInstruments('binance', ['BTCUSDT', symbol], binance);
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said.slice(0, message.length)).toBe(message);
    expect(said).not.toContain('\n');
  });
});

describe('where no catalogue can be had', () => {
  it('what is known by its codes is listened to, and nothing is guessed at', () => {
    expect(chooseInstruments('binance', ['ADAEUR', 'NEW-USDT'])).toEqual([
      'binance:ADA-EUR',
      'binance:NEW-USDT',
    ]);
    expect(() => chooseInstruments('binance', ['NEWUSDT'])).toThrow(
      'live: "NEWUSDT" is not a pair of binance, expected one such as BTC-USDT',
    );
  });
});
