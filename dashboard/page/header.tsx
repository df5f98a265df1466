import { failureText, type Failure } from '../api/api-client.ts';
import type { Reading } from '../api/use-reading.ts';
import type { Health, Instrument, KillSwitchState, Price } from '../api/views.ts';
import { InstrumentOptions } from '../forms/fields.tsx';
import { ratioOf, signOf, subtract } from '../numbers/exact-decimal.ts';
import { formatChange, formatPrice, formatRatioChange, NO_FIGURE } from '../numbers/format-number.ts';
import { formatMoment } from '../numbers/format-time.ts';
import { KillSwitchButton } from '../risk/kill-switch.tsx';
import { ConnectionBadge } from './connection-badge.tsx';
import { Logo } from './icon.tsx';
import { useNow, usePlatform } from './platform-access.ts';

/** What a price is compared with. */
export interface PriceReference {
  readonly price: string;
  readonly timeMs: number;
}

interface HeaderProps {
  readonly health: Health | null;
  readonly instruments: readonly Instrument[];
  readonly instrumentId: string;
  readonly price: Reading<Price>;
  readonly reference: PriceReference | null;
  /** Behind the point. */
  readonly places: number;
  readonly killSwitch: Reading<KillSwitchState>;
  onInstrument(instrumentId: string): void;
}

export function Header({
  health,
  instruments,
  instrumentId,
  price,
  reference,
  places,
  killSwitch,
  onInstrument,
}: HeaderProps) {
  const { caller } = usePlatform();
  return (
    <header class="top">
      <h1>
        <Logo /> Millrace
      </h1>
      <span class="stage" title={health === null ? '' : `Version ${health.version}, paper account`}>
        {health?.stage ?? ' '}
        {health === null || health.market === null ? '' : ` · ${health.market} market`} · paper
        {caller === null ? '' : ` · ${caller.role}`}
      </span>
      <label class="instrument">
        <span class="unseen">Instrument</span>
        <select onChange={(event) => onInstrument(event.currentTarget.value)} value={instrumentId}>
          <InstrumentOptions instruments={instruments} chosen={instrumentId} />
        </select>
      </label>
      <LivePrice price={price.value} failure={price.failure} reference={reference} places={places} />
      <span class="spacer" />
      <ConnectionBadge health={health} />
      <KillSwitchButton killSwitch={killSwitch} />
    </header>
  );
}

/** A price that is older says of when it is: the market is quiet, its venue is away, or it is a replay. */
const OLD_MS = 60_000;

interface LivePriceProps {
  readonly price: Price | null;
  readonly failure: Failure | null;
  readonly reference: PriceReference | null;
  readonly places: number;
}

function LivePrice({ price, failure, reference, places }: LivePriceProps) {
  const nowMs = useNow();
  if (price === null) {
    return (
      <p class="price" title={failure === null ? undefined : failureText(failure)}>
        <output class="price-now">{NO_FIGURE}</output>
      </p>
    );
  }
  return (
    <p class="price">
      <output class="price-now" title={`At ${formatMoment(price.timeMs, nowMs)} UTC`}>
        {formatPrice(price.price, places)}
      </output>
      {nowMs - price.timeMs >= OLD_MS && (
        <small class="status doubtful">as of {formatMoment(price.timeMs, nowMs)}</small>
      )}
      {reference !== null && <Change price={price.price} reference={reference} places={places} />}
    </p>
  );
}

function Change({
  price,
  reference,
  places,
}: {
  readonly price: string;
  readonly reference: PriceReference;
  readonly places: number;
}) {
  const change = subtract(price, reference.price);
  const ratio = ratioOf(change, reference.price);
  const tone = ['down', '', 'up'][signOf(change) + 1]!;
  const since = formatMoment(reference.timeMs, Date.now());
  return (
    <span class="price-change" title={`From ${formatPrice(reference.price, places)} at ${since} UTC`}>
      <span class={tone}>
        {formatChange(change, places)} {ratio !== null && `(${formatRatioChange(ratio)})`}
      </span>{' '}
      <small>since {since}</small>
    </span>
  );
}
