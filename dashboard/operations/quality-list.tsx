import type { QualityEvent } from '../api/views.ts';
import { formatMoment } from '../numbers/format-time.ts';
import { InstrumentName } from '../page/instrument-name.tsx';
import { Empty } from '../page/panel.tsx';

/** The log of what is said against market data. */
export function QualityList({ events }: { readonly events: readonly QualityEvent[] | null }) {
  if (events === null) return <Empty>Reading the log…</Empty>;
  if (events.length === 0)
    return <Empty>Nothing is said against the data: none is missing, none is doubtful.</Empty>;
  return (
    <ul class="set-aside scroll" tabIndex={0} aria-label="Quality of data">
      {events.map(({ id, flag, instrumentId, subject, atMs, what }) => (
        <li key={id}>
          <p>
            <b>{flag}</b> <InstrumentName instrumentId={instrumentId} />{' '}
            <small>
              {subject}, {formatMoment(atMs, Date.now())}
            </small>
          </p>
          <p class="cause">{what}</p>
        </li>
      ))}
    </ul>
  );
}
