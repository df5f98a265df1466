import { ordinalOf } from './exchanges.ts';
import { LANES_PER_EXCHANGE, type Lane } from './lane.ts';

const HASH_KEY_BITS = 128n;

/**
 * Where a lane lies in a stream, as a decimal from 0 up to 2^128: shards divide that range evenly. Hashes of a few
 * partition keys fall together, so each lane is given its place: the van der Corput sequence in base 2 (the bits of its
 * number, reversed), each term of which falls into the widest gap. So the four lanes of an exchange lie on four shards of
 * four, those of two exchanges on eight of eight, and a new exchange moves none.
 * @throws RangeError for a lane of no known exchange, or with a number that it does not have.
 */
export function hashKeyOf(lane: Lane): string {
  const [exchange = '', text = ''] = lane.split('#');
  const n = Number(text);
  if (!/^\d+$/.test(text) || n >= LANES_PER_EXCHANGE)
    throw new RangeError(`lane ${lane}: expected exchange#n with n below ${LANES_PER_EXCHANGE}`);
  let key = 0n;
  let number = BigInt(ordinalOf(exchange) * LANES_PER_EXCHANGE + n);
  for (let bit = HASH_KEY_BITS - 1n; number > 0n; bit--, number >>= 1n) key |= (number & 1n) << bit;
  return String(key);
}
