/** What the venues' own catalogues say, each in its words. */
import { describe, expect, it } from '@jest/globals';
import type { Exchange } from '../../domain/market-data/exchanges.ts';
import { SymbolDirectory } from './symbol-directory.ts';
import { venueOf } from './venues.ts';

function read(
  exchange: Exchange,
  kind: string,
  url: string,
  value: unknown,
  directory = new SymbolDirectory(),
) {
  const message = typeof value === 'string' ? value : JSON.stringify(value);
  const events = venueOf(exchange).decoder(directory).read({ kind, url, message }, 0);
  return events.map((event) => (event.kind === 'instrument' ? event.listing : event));
}

const BINANCE = 'https://api.binance.com/api/v3/exchangeInfo?showPermissionSets=false';
const binancePair = (baseAsset: string, quoteAsset: string, change: object = {}) => ({
  symbol: baseAsset + quoteAsset,
  status: 'TRADING',
  baseAsset,
  quoteAsset,
  isSpotTradingAllowed: true,
  filters: [
    { filterType: 'PRICE_FILTER', minPrice: '0.01000000', tickSize: '0.01000000' },
    { filterType: 'LOT_SIZE', minQty: '0.00001000', stepSize: '0.00001000' },
    { filterType: 'NOTIONAL', minNotional: '5.00000000' },
  ],
  ...change,
});

describe('the catalogue of Binance', () => {
  it('says how a symbol parts, its steps, its least amounts and whether it trades', () => {
    const symbols = [
      binancePair('BTC', 'AEUR'),
      binancePair('EUR', 'AEUR', { status: 'BREAK', filters: [] }),
      binancePair('币安人生', 'USDT', { isSpotTradingAllowed: false }),
    ];
    expect(read('binance', 'rest', BINANCE, { symbols })).toEqual([
      {
        instrumentId: 'binance:BTC-AEUR',
        symbol: 'BTCAEUR',
        status: 'trading',
        priceStep: '0.01',
        quantityStep: '0.00001',
        leastQuantity: '0.00001',
        leastNotional: '5',
      },
      expect.objectContaining({ instrumentId: 'binance:EUR-AEUR', status: 'halted', priceStep: null }),
      expect.objectContaining({ instrumentId: 'binance:币安人生-USDT', status: 'halted' }),
    ]);
  });

  it('decides where a trade belongs, and what it does not list is unknown', () => {
    const directory = new SymbolDirectory();
    // A list of codes would have parted it as ADA-EUR.
    read('binance', 'rest', BINANCE, { symbols: [binancePair('ADAE', 'UR')] }, directory);
    const trade = (s: string) => ({ e: 'trade', s, t: 1, p: '1', q: '1', T: 1, m: true });
    const url = 'wss://stream.binance.com:9443/stream';
    expect(read('binance', 'ws', url, trade('ADAEUR'))).toMatchObject([{ instrumentId: 'binance:ADA-EUR' }]);
    expect(read('binance', 'ws', url, trade('ADAEUR'), directory)).toMatchObject([
      { instrumentId: 'binance:ADAE-UR' },
    ]);
    expect(read('binance', 'ws', url, trade('BTCUSDT'), directory)).toEqual([
      {
        kind: 'malformed',
        what: 'trade of "BTCUSDT"',
        cause: 'an unknown symbol "BTCUSDT": the catalogue does not list it',
      },
    ]);
  });

  it('is not all of it where some symbols were asked for', () => {
    const directory = new SymbolDirectory();
    const url = `${BINANCE}&symbols=["BTCAEUR"]`;
    read('binance', 'rest', url, { symbols: [binancePair('BTC', 'AEUR')] }, directory);
    expect(directory.isWhole).toBe(false);
  });

  it('throws at nothing that stands in it', () => {
    for (const symbols of [
      [null],
      [{}],
      [{ ...binancePair('A', 'B'), filters: [7, { filterType: 'LOT_SIZE' }] }],
      {},
    ])
      expect(read('binance', 'rest', BINANCE, { symbols }).length).toBeGreaterThan(0);
  });
});

describe('the catalogue of Coinbase', () => {
  const url = 'https://api.coinbase.com/api/v3/brokerage/market/products?product_type=SPOT';
  const product = {
    product_id: 'BTC-USD',
    product_type: 'SPOT',
    status: 'online',
    price_increment: '0.01',
    base_increment: '0.00000001',
    base_min_size: '0.00000001',
    quote_min_size: '1',
    trading_disabled: false,
  };

  it('says the steps of spot products, and whether they trade', () => {
    const directory = new SymbolDirectory();
    const products = [
      product,
      { ...product, product_id: 'ETH-USD', trading_disabled: true },
      { ...product, product_id: 'BTC-PERP-INTX', product_type: 'FUTURE' },
    ];
    expect(read('coinbase', 'rest', url, { products, num_products: 3 }, directory)).toEqual([
      {
        instrumentId: 'coinbase:BTC-USD',
        symbol: 'BTC-USD',
        status: 'trading',
        priceStep: '0.01',
        quantityStep: '0.00000001',
        leastQuantity: '0.00000001',
        leastNotional: '1',
      },
      expect.objectContaining({ instrumentId: 'coinbase:ETH-USD', status: 'halted' }),
    ]);
    expect(directory.isWhole).toBe(true);
  });

  it('is not all of it where there are more than it has', () => {
    const directory = new SymbolDirectory();
    read('coinbase', 'rest', url, { products: [product], num_products: 700 }, directory);
    expect(directory.isWhole).toBe(false);
  });
});

describe('the catalogue of Kraken', () => {
  const expected = {
    instrumentId: 'kraken:BTC-USD',
    status: 'trading',
    priceStep: '0.1',
    quantityStep: '0.00000001',
    leastQuantity: '0.00005',
    leastNotional: '0.5',
  };

  it('is an answer, in the codes that Kraken had first', () => {
    const row = { wsname: 'XBT/USD', status: 'online', tick_size: '0.1', lot_decimals: 8 };
    const result = {
      XXBTZUSD: { ...row, ordermin: '0.00005', costmin: '0.5' },
      AAPLxUSD: { ...row, wsname: 'AAPLx/USD', status: 'cancel_only' },
      DARK: { altname: 'no name of the WebSocket' },
    };
    expect(
      read('kraken', 'rest', 'https://api.kraken.com/0/public/AssetPairs', { error: [], result }),
    ).toEqual([
      { ...expected, symbol: 'XBT/USD' },
      expect.objectContaining({ instrumentId: 'kraken:AAPLx-USD', status: 'halted' }),
    ]);
  });

  it('is pushed, with numbers digit for digit', () => {
    const message =
      '{"channel":"instrument","type":"snapshot","data":{"assets":[],"pairs":[{"symbol":"BTC/USD","status":"online",' +
      '"price_increment":0.10,"qty_increment":1e-08,"qty_min":0.00005000,"cost_min":0.5}]}}';
    const directory = new SymbolDirectory();
    expect(read('kraken', 'ws', 'wss://ws.kraken.com/v2', message, directory)).toEqual([
      { ...expected, symbol: 'BTC/USD' },
    ]);
    expect(directory.isWhole).toBe(true);
  });
});
