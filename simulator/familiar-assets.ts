const FAMILIAR: readonly (readonly [base: string, price: number])[] = [
  ['BTC', 60_000],
  ['ETH', 3_000],
  ['BNB', 600],
  ['SOL', 150],
  ['BCH', 400],
  ['LTC', 80],
  ['AAVE', 250],
  ['XMR', 160],
  ['ZEC', 50],
  ['DASH', 30],
];

/** An asset of a simulated market and about what it costs: names that people know, then made-up ones. */
export function assetOf(n: number): readonly [base: string, price: number] {
  return FAMILIAR[n] ?? [`SIM${n + 1}`, 20 + ((n * 37) % 500)];
}
