/** Examples of what is answered of books and of the quality of data; api-examples.ts has the others. */
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
  'GET /v1/quality': {
    response: {
      items: [
        {
          id: '0f6f9f5e-35c7-5d64-8f7b-52e4b4d5a1c2',
          venue: 'binance',
          instrumentId: 'binance:BTC-USDT',
          flag: 'spike',
          subject: 'trade',
          atMs: 1723161660000,
          toMs: 1723161661000,
          what: 'trade 3734521519 at 309061.75',
        },
      ],
      next: null,
    },
  },
} as const;
