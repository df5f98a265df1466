/** Examples of what is answered of books; api-examples.ts has the others. */
const moment = {
  instrumentId: 'binance:BTC-USDT',
  timeMs: 1723161660100,
  flags: [],
  spread: '0.1',
  mid: '61812.35',
  microprice: '61812.375',
  imbalance: 0.5,
};

function pageOf<Item>(item: Item) {
  return { items: [item], next: '1723161660100-1723161660142-0' };
}

export const bookExamples = {
  'GET /v1/quotes/{pair}': {
    response: pageOf({
      ...moment,
      bid: '61812.3',
      bidQuantity: '1.5',
      ask: '61812.4',
      askQuantity: '0.5',
    }),
  },
  'GET /v1/books/{pair}': {
    response: pageOf({
      ...moment,
      bids: [
        ['61812.3', '1.5'],
        ['61812.2', '4'],
      ],
      asks: [['61812.4', '0.5']],
      depth: [{ bps: 5, bidQuantity: '31.2', askQuantity: '28.75' }],
    }),
  },
} as const;
