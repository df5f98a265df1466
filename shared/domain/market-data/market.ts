/** Where prices come from: one that somebody made up, or the one that people trade on. They are never mixed. */
export const MARKETS = ['simulated', 'real'] as const;
export type Market = (typeof MARKETS)[number];
