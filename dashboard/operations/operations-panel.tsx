import { useState } from 'preact/hooks';
import type { Reading } from '../api/use-reading.ts';
import type { Health } from '../api/views.ts';
import { formatCount } from '../numbers/format-number.ts';
import { Panel } from '../page/panel.tsx';
import { Tabs } from '../page/tabs.tsx';
import { HealthTable } from './health-table.tsx';
import { QuarantineList, useQuarantine } from './quarantine-list.tsx';

export function OperationsPanel({ health }: { readonly health: Reading<Health> }) {
  const [shown, setShown] = useState<'functions' | 'quarantine'>('functions');
  const quarantine = useQuarantine();
  const { value } = quarantine;
  const count =
    value === null ? '' : ` (${formatCount(value.items.length)}${value.next === null ? '' : '+'})`;
  const tabs = [
    { id: 'functions', title: 'Functions' },
    { id: 'quarantine', title: `Quarantine${count}` },
  ] as const;
  return (
    <Panel
      title="Health"
      place="operations"
      failure={shown === 'functions' ? health.failure : quarantine.failure}
      aside={
        <Tabs label="Functions or quarantine" tabs={tabs} chosen={shown} onChoose={(id) => setShown(id)} />
      }
    >
      {shown === 'functions' ? (
        <HealthTable health={health.value} />
      ) : (
        <QuarantineList quarantine={quarantine} />
      )}
    </Panel>
  );
}
