/** What of a seed takes place; null: all that it draws. */
export interface Scope {
  /** Numbers of the faults that happen. */
  readonly faults: readonly number[] | null;
  /** Numbers of the desks that trade. */
  readonly desks: readonly number[] | null;
  /** Seconds of market. */
  readonly seconds: number | null;
}

export const WHOLE_SEED: Scope = { faults: null, desks: null, seconds: null };

/** The one command that shows it again. */
export function replayCommand(seed: number, { faults, desks, seconds }: Scope): string {
  return [
    `npm run simulate -- --from ${seed} --seeds 1`,
    ...(seconds === null ? [] : [`--seconds ${seconds}`]),
    ...(desks === null ? [] : [`--desks ${listed(desks)}`]),
    ...(faults === null ? [] : [`--faults ${listed(faults)}`]),
  ].join(' ');
}

function listed(numbers: readonly number[]): string {
  return numbers.length === 0 ? 'none' : numbers.join(',');
}
