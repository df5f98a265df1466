import { useEffect, useState } from 'preact/hooks';
import { useReading, type Reading } from '../api/use-reading.ts';
import type { QualityEvent } from '../api/views.ts';
import { useChannel, useFallback, usePlatform } from '../page/platform-access.ts';

export const MOST_EVENTS = 500;

/** What is said against market data, newest first. @param instrumentId null: of all instruments */
export function useQuality(instrumentId: string | null): Reading<readonly QualityEvent[]> {
  const { api } = usePlatform();
  const of = instrumentId ?? '';
  const [known, setKnown] = useState<{
    readonly of: string;
    readonly events: readonly QualityEvent[];
  } | null>(null);
  const query = { limit: MOST_EVENTS, ...(instrumentId === null ? {} : { instrument: instrumentId }) };
  const reading = useReading(async () => api.call('GET /v1/quality', { query }), { of, ...useFallback() });
  const take = (incoming: readonly QualityEvent[]): void =>
    setKnown((before) => ({ of, events: merged(before?.of === of ? before.events : [], incoming) }));
  useChannel(instrumentId === null ? 'quality' : `quality:${instrumentId}`, 'quality', (event) =>
    take([event]),
  );
  useEffect(() => {
    if (reading.value !== null) take(reading.value.items);
  }, [reading.value]);
  return { ...reading, value: known?.of === of ? known.events : null };
}

function merged(known: readonly QualityEvent[], incoming: readonly QualityEvent[]): readonly QualityEvent[] {
  return [...new Map([...known, ...incoming].map((event) => [event.id, event])).values()]
    .sort((a, b) => b.atMs - a.atMs || (a.id < b.id ? 1 : -1))
    .slice(0, MOST_EVENTS);
}
