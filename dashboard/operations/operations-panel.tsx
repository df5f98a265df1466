import { useState } from 'preact/hooks';
import type { Reading } from '../api/use-reading.ts';
import type { Health } from '../api/views.ts';
import { formatCount } from '../numbers/format-number.ts';
import { Panel } from '../page/panel.tsx';
import { Tabs } from '../page/tabs.tsx';
import { HealthTable } from './health-table.tsx';
import { MOST_EVENTS, useQuality } from '../market/use-quality.ts';
import { QualityList } from './quality-list.tsx';
import { QuarantineList, useQuarantine } from './quarantine-list.tsx';
import { VenueTable } from './venue-table.tsx';

export function OperationsPanel({ health }: { readonly health: Reading<Health> }) {
  const [shown, setShown] = useState<'functions' | 'quarantine' | 'quality' | 'venues'>('functions');
  const quarantine = useQuarantine();
  const quality = useQuality(null);
  const { value } = quarantine;
  const setAside = value === null ? '' : countText(value.items.length, value.next !== null);
  const doubts =
    quality.value === null ? '' : countText(quality.value.length, quality.value.length === MOST_EVENTS);
  const tabs = [
    { id: 'functions', title: 'Functions' },
    { id: 'quarantine', title: `Quarantine${setAside}` },
    { id: 'quality', title: `Quality${doubts}` },
    { id: 'venues', title: 'Venues' },
  ] as const;
  return (
    <Panel
      title="Health"
      place="operations"
      failure={{ functions: health, quarantine, quality, venues: health }[shown].failure}
      aside={
        <Tabs
          label="Functions, quarantine, quality or venues"
          tabs={tabs}
          chosen={shown}
          onChoose={(id) => setShown(id)}
        />
      }
    >
      {shown === 'functions' && <HealthTable health={health.value} />}
      {shown === 'quarantine' && <QuarantineList quarantine={quarantine} />}
      {shown === 'quality' && <QualityList events={quality.value} />}
      {shown === 'venues' && <VenueTable health={health.value} />}
    </Panel>
  );
}

/** Nothing of none. @param isMore whether there are more than were counted */
function countText(count: number, isMore: boolean): string {
  if (count === 0) return '';
  return ` (${formatCount(count)}${isMore ? '+' : ''})`;
}
