import { setTimeout as sleep } from 'node:timers/promises';
import { figureOf, type Bench, type Figure } from '../figure.ts';
import { residentBytes } from '../measuring/process-usage.ts';
import { StartedPlatform } from '../processes/started-platform.ts';
import { StartedProgram } from '../processes/started-program.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';
import type { BareServerProgram } from '../programs/bare-server.ts';

const SECONDS = 60;

/** Resident memory after a minute of the default simulated market, beside a Node process that does nothing. */
export async function memory(bench: Bench): Promise<readonly Figure[]> {
  const seconds = bench.seconds ?? SECONDS;
  const bareRequest: BareServerProgram['request'] = { port: 0, body: '{}' };
  const bare = new StartedProgram<BareServerProgram>('bare-server', bareRequest, bench.resources);
  const runs: { readonly nodeMb: number; readonly clickHouseMb: number; readonly bareMb: number }[] = [];
  for (let run = 0; run < (bench.runs ?? 1); run++) {
    const platform = new StartedPlatform(temporaryFolder(bench.resources), 0, bench.resources);
    await platform.dashboard();
    bench.tell(`the platform runs for ${seconds} s`);
    await sleep(seconds * 1000);
    const [nodeMb, clickHouseMb, bareMb] = [platform.pid, platform.clickHousePid, bare.pid].map(residentMb);
    runs.push({ nodeMb: nodeMb!, clickHouseMb: clickHouseMb!, bareMb: bareMb! });
    await platform.end();
  }
  await bare.end();
  const figure = (name: string, pick: (run: (typeof runs)[number]) => number): Figure =>
    figureOf({
      figure: `memory.${name}`,
      unit: 'MB',
      runs: runs.map(pick),
      reference: 'a Node process with a bare node:http server',
      referenceRuns: runs.map(({ bareMb }) => bareMb),
      note: `resident after ${seconds} s of the default simulated market`,
    });
  return [
    figure('node', ({ nodeMb }) => nodeMb),
    figure('clickhouse', ({ clickHouseMb }) => clickHouseMb),
    figure('total', ({ nodeMb, clickHouseMb }) => nodeMb + clickHouseMb),
  ];
}

function residentMb(pid: number): number {
  return residentBytes(pid) / 1e6;
}
