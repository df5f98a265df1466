import { partsOf, type Health } from '../api/views.ts';
import { formatCount, formatDuration, NO_FIGURE } from '../numbers/format-number.ts';
import { formatMoment } from '../numbers/format-time.ts';
import { InstrumentName } from '../page/instrument-name.tsx';
import { Empty } from '../page/panel.tsx';

const COLUMNS = [
  ['Silent', 'number', 'Since its last message'],
  ['Quietest', 'name', 'The instrument that was not heard of for longest'],
  ['Lost', 'number', 'Connections that ended and were not ended by us'],
  ['Gaps', 'number', 'How often the numbers of its messages had a gap'],
  ['Books', 'number', 'Order books that are whole, of those that are listened to'],
] as const;

type Venue = Health['venues'][number];

/** What is heard from each venue, and which books are not to be relied on. */
export function VenueTable({ health }: { readonly health: Health | null }) {
  if (health === null) return <Empty>Reading what is heard from the venues…</Empty>;
  if (health.venues.length === 0)
    return <Empty>No venue is listened to here: a replay has none, and on AWS the collector tells.</Empty>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Venues">
      <table class="venues">
        <thead>
          <tr>
            <th>Venue</th>
            {COLUMNS.map(([title, kind, meaning]) => (
              <th key={title} class={kind} title={meaning}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {health.venues.map((venue) => (
            <VenueRow key={venue.venue} venue={venue} />
          ))}
        </tbody>
      </table>
      <ul class="set-aside">
        {health.venues.flatMap(({ books }) =>
          (books?.broken ?? []).map(({ instrumentId, state, sinceMs }) => (
            <li key={instrumentId}>
              <b>
                <InstrumentName instrumentId={instrumentId} />
              </b>{' '}
              <span class="cause">
                its book is {state} since {formatMoment(sinceMs, Date.now())}
              </span>
            </li>
          )),
        )}
      </ul>
    </div>
  );
}

function VenueRow({ venue: { venue, ...heard } }: { readonly venue: Venue }) {
  const { silenceMs, quietestInstrument, quietestMs, connectionsLost, sequenceGaps, books } = heard;
  const doubts = doubtsOf(heard);
  return (
    <tr>
      <td>
        {venue}
        {doubts.length > 0 && <small class="doubts">{doubts.join(', ')}</small>}
      </td>
      <td class="number">{formatDuration(silenceMs)}</td>
      <td class="name">
        {quietestInstrument === '' ? (
          NO_FIGURE
        ) : (
          <>
            {partsOf(quietestInstrument).pair} <small>{formatDuration(quietestMs)}</small>
          </>
        )}
      </td>
      <td class="number">{formatCount(connectionsLost)}</td>
      <td class="number">{formatCount(sequenceGaps)}</td>
      <td class={`number ${books !== null && books.broken.length > 0 ? 'down' : ''}`}>{booksText(books)}</td>
    </tr>
  );
}

function booksText(books: Venue['books']): string {
  if (books === null) return NO_FIGURE;
  return `${formatCount(books.whole)}/${formatCount(books.whole + books.broken.length)}`;
}

/** What is rare, and is told only where it happened. */
function doubtsOf({ deafInstruments, resets, messagesSetAside }: Omit<Venue, 'venue'>): string[] {
  const counts = [
    ['not heard though traded', deafInstruments],
    ['ids began anew', resets],
    ['messages not read', messagesSetAside],
  ] as const;
  return counts.filter(([, count]) => count > 0).map(([what, count]) => `${what}: ${formatCount(count)}`);
}
