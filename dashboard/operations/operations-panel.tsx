import { useState } from 'preact/hooks';
import type { Reading } from '../api/use-reading.ts';
import type { Health } from '../api/views.ts';
import { formatCount } from '../numbers/format-number.ts';
import { Panel } from '../page/panel.tsx';
import { Tabs } from '../page/tabs.tsx';
import { HealthTable } from './health-table.tsx';
import { useQuality } from '../market/use-quality.ts';
import { QualityList } from './quality-list.tsx';
import { QuarantineList, useQuarantine } from './quarantine-list.tsx';

export function OperationsPanel({ health }: { readonly health: Reading<Health> }) {
  const [shown, setShown] = useState<'functions' | 'quarantine' | 'quality'>('functions');
  const quarantine = useQuarantine();
  const quality = useQuality(null);
  const { value } = quarantine;
  const count =
    value === null ? '' : ` (${formatCount(value.items.length)}${value.next === null ? '' : '+'})`;
  const tabs = [
    { id: 'functions', title: 'Functions' },
    { id: 'quarantine', title: `Quarantine${count}` },
    { id: 'quality', title: 'Quality' },
  ] as const;
  return (
    <Panel
      title="Health"
      place="operations"
      failure={{ functions: health, quarantine, quality }[shown].failure}
      aside={
        <Tabs
          label="Functions, quarantine or quality"
          tabs={tabs}
          chosen={shown}
          onChoose={(id) => setShown(id)}
        />
      }
    >
      {shown === 'functions' && <HealthTable health={health.value} />}
      {shown === 'quarantine' && <QuarantineList quarantine={quarantine} />}
      {shown === 'quality' && <QualityList events={quality.value} />}
    </Panel>
  );
}
