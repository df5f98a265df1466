import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { decimal } from '../../shared/domain/decimal.ts';
import type { Trade } from '../../shared/domain/market-data/trade.ts';
import { dataFolder } from './recorded-data.ts';

/** `[timeMs, aggId, null, side, price, quantity, cost]` */
type Row = [number, string | number, null, string, number, number, number];

/** Those of XRP-ETH, each row as one trade. */
export function publishedTrades(): Trade[] {
  const file = gunzipSync(readFileSync(`${dataFolder}trades/xrp-eth-2019-10-binance-agg.json.gz`)).toString();
  return (JSON.parse(file) as Row[]).map(([timeMs, id, , side, price, quantity]) => ({
    instrumentId: 'binance:XRP-ETH',
    tradeId: Number(id),
    timeMs,
    price: decimal(plain(price)),
    quantity: decimal(plain(quantity)),
    takerSide: side === 'buy' ? 'BUY' : 'SELL',
  }));
}

const plain = (number: number): string => number.toFixed(12).replace(/\.?0+$/, '');
