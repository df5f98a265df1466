/** An account: where its orders go, and how they fare there. Strategy instances trade on it, each with a budget of its own. */
import { ONE } from '../decimal.ts';
import { NO_LATENCY, PLAIN_FILL, type PaperModel } from './paper-model.ts';

/** Where an account's orders can go. */
export const ACCOUNT_VENUES = ['paper'] as const;

/** It never changes: what was traded on it was traded by these terms. */
export interface Account {
  readonly accountId: string;
  readonly venue: (typeof ACCOUNT_VENUES)[number];
  readonly paper: PaperModel;
}

/** Part of keys and of names of channels, both of which have separators. */
export const ACCOUNT_ID = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** A thousandth for every fill, whole and at once: as the venue was before accounts had models. */
const DEFAULT_PAPER: PaperModel = {
  makerFee: ONE / 1000n,
  takerFee: ONE / 1000n,
  slippage: { kind: 'fixed', fraction: 0n },
  latency: NO_LATENCY,
  fill: PLAIN_FILL,
};

/** What an account is where nothing is said of it. */
export function plainAccount(accountId: string): Account {
  return { accountId, venue: 'paper', paper: DEFAULT_PAPER };
}
