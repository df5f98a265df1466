/** What the venues say of one price at one moment, and who of them is alone with it. Pure. */

/** Between two venues that reach each other arbitrage leaves no more open for long. */
const DISAGREES_FROM = 0.01;
/** Who disagreed agrees again here: a price on the border does not come and go. */
const AGREES_FROM = DISAGREES_FROM / 2;
/** A coin that stands for a dollar may be worth so much more or less, and no venue is to blame. */
const PEG_HOLDS_WITHIN = 0.04;

export interface Vote {
  readonly exchange: string;
  /** What is paid with. */
  readonly quote: string;
  /** The best bid and ask, in that. */
  readonly low: number;
  readonly high: number;
  /** What that is worth in dollars, where a market says so; 1 where none does. */
  readonly worth: number;
  /** Whether it is known to disagree. */
  readonly isOff: boolean;
}

/**
 * Those that disagree. Each is held against the venue in the middle. Where as many venues disagree with that one as agree, as of two
 * that disagree, nobody knows who is wrong, and it is said of all; unless it was known before.
 * @param votes at most one of an instrument
 */
export function votesThatDisagree<One extends Vote>(votes: readonly One[]): readonly One[] {
  const venues = oneOfEachVenue(votes);
  if (venues.length < 2) return [];
  const known = venues.length === 2 ? theOneKnownToBeOff(venues) : null;
  const middle = known === null ? inTheMiddle(venues) : venues.find((vote) => vote !== known)!;
  const isOff = (vote: One): boolean => disagree(vote, middle, votes);
  const off = venues.filter(isOff);
  return known === null && off.length * 2 >= venues.length ? votes : votes.filter(isOff);
}

/** Several instruments of a venue are no more evidence than one: the one that is nearest to all others speaks for it. */
function oneOfEachVenue<One extends Vote>(votes: readonly One[]): readonly One[] {
  if (votes.length === 0) return [];
  const middle = middleOf(inTheMiddle(votes));
  const distance = (vote: One): number => Math.abs(middleOf(vote) - middle);
  const chosen = new Map<string, One>();
  for (const vote of votes) {
    const other = chosen.get(vote.exchange);
    if (other === undefined || distance(vote) < distance(other)) chosen.set(vote.exchange, vote);
  }
  return [...chosen.values()];
}

function theOneKnownToBeOff<One extends Vote>(two: readonly One[]): One | null {
  const known = two.filter(({ isOff }) => isOff);
  return known.length === 1 ? known[0]! : null;
}

function inTheMiddle<One extends Vote>(votes: readonly One[]): One {
  const sorted = votes.toSorted((a, b) => middleOf(a) - middleOf(b));
  return sorted[(sorted.length - 1) >> 1]!;
}

function middleOf({ low, high, worth }: Vote): number {
  return ((low + high) / 2) * worth;
}

function disagree(vote: Vote, other: Vote, votes: readonly Vote[]): boolean {
  const from = vote.isOff || other.isOff ? AGREES_FROM : DISAGREES_FROM;
  if (vote.quote === other.quote) return distanceOf(vote, other, 1, 1) > from;
  const rate = vote.worth / other.worth;
  if (isAloneInItsCurrency(vote, votes, from)) return distanceOf(vote, other, rate, rate) > from;
  return (
    distanceOf(vote, other, Math.min(rate, 1 - PEG_HOLDS_WITHIN), Math.max(rate, 1 + PEG_HOLDS_WITHIN)) > from
  );
}

/** Another venue has another price in the very same currency: then it is not the currency that is worth more or less. */
function isAloneInItsCurrency(vote: Vote, votes: readonly Vote[], from: number): boolean {
  return votes.some(
    (other) =>
      other.quote === vote.quote && other.exchange !== vote.exchange && distanceOf(vote, other, 1, 1) > from,
  );
}

/**
 * By how much the bid of one lies above the ask of the other, at the least: so nobody disagrees by a wide spread.
 * @param leastRate the least, and the most, that the currency of `a` may be worth in that of `b`
 */
function distanceOf(a: Vote, b: Vote, leastRate: number, mostRate: number): number {
  return Math.max((a.low * leastRate) / b.high - 1, b.low / (a.high * mostRate) - 1);
}
