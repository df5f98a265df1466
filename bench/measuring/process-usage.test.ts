import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { childrenOf, cpuSeconds, residentBytes } from './process-usage.ts';

const ALLOCATES_100_MB =
  "globalThis.kept = Buffer.alloc(100e6, 1); console.log('ready'); setInterval(() => {}, 1000)";

describe('the usage of a process', () => {
  const children: ReturnType<typeof spawn>[] = [];
  afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

  async function startNode(script: string): Promise<number> {
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    await once(child.stdout, 'data');
    return child.pid!;
  }

  it('counts the memory that it holds', async () => {
    const pid = await startNode(ALLOCATES_100_MB);
    expect(residentBytes(pid)).toBeGreaterThan(100e6);
    expect(residentBytes(pid)).toBeLessThan(400e6);
  });

  it('agrees with what Node says of itself', () => {
    const { user, system } = process.cpuUsage();
    expect(Math.abs(cpuSeconds(process.pid) - (user + system) / 1e6)).toBeLessThan(0.5);
    expect(residentBytes(process.pid) / process.memoryUsage.rss()).toBeCloseTo(1, 1);
  });

  it('names the children of a process', async () => {
    const pid = await startNode("console.log('ready'); setInterval(() => {}, 1000)");
    expect(childrenOf(process.pid)).toContain(pid);
  });

  it('of a process that has ended is nothing', async () => {
    const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
    await once(child, 'exit');
    expect([residentBytes(child.pid!), cpuSeconds(child.pid!), childrenOf(child.pid!)]).toEqual([0, 0, []]);
  });
});
