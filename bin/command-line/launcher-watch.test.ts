import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { findLauncher, watchLauncher, type ProcessTable } from './launcher-watch.ts';

const NPM = { npm_lifecycle_event: 'npx' };

/** 42 is this process, 41 its shell, 40 is npm. */
function processes(npm = 'npm exec millrace start') {
  const parents = new Map([
    [42, 41],
    [41, 40],
    [40, 7],
  ]);
  const names = new Map([
    [41, "sh\0-c\0'millrace' start\0"],
    [40, `${npm}\0`],
    [1, 'systemd\0'],
  ]);
  const table: ProcessTable = {
    parentId: () => parents.get(42)!,
    parentIdOf: (pid) => parents.get(pid) ?? null,
    commandLineOf: (pid) => names.get(pid) ?? null,
  };
  return { parents, names, table };
}

describe('a command that npm has started', () => {
  let gone = 0;
  beforeEach(() => {
    gone = 0;
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const watch = (table: ProcessTable): void => {
    watchLauncher(findLauncher(NPM, table)!, () => gone++);
  };
  const pass = (): void => {
    jest.advanceTimersByTime(1000);
  };

  it('goes on while npm does', () => {
    watch(processes().table);
    pass();
    expect(gone).toBe(0);
  });

  it('hears once that the shell has ended', () => {
    const { parents, table } = processes();
    watch(table);
    parents.set(42, 1);
    pass();
    pass();
    expect(gone).toBe(1);
  });

  it('hears that npm has ended and its shell goes on', () => {
    const { parents, table } = processes('npm start');
    watch(table);
    parents.set(41, 1);
    pass();
    expect(gone).toBe(1);
  });

  it('sees that npm had ended before it looked', () => {
    const { parents, table } = processes();
    parents.set(41, 1);
    watch(table);
    pass();
    expect(gone).toBe(1);
  });

  it('does not take npm for gone where it is the first process of a container', () => {
    const { parents, names, table } = processes();
    parents.set(41, 1);
    names.set(1, 'npm start\0');
    watch(table);
    pass();
    expect(gone).toBe(0);
  });

  it('does not mind who else is above it', () => {
    const { parents, table } = processes('bash');
    watch(table);
    parents.set(41, 1);
    pass();
    expect(gone).toBe(0);
  });

  it('is known by its environment, and so is one behind the launcher for an older Node', () => {
    const { parents, table } = processes();
    expect(findLauncher({}, table)).toBeNull();
    const launcher = findLauncher({ MILLRACE_LAUNCHER: '41' }, table)!;
    parents.set(41, 1);
    expect(launcher.isGone()).toBe(false);
    parents.set(42, 1);
    expect(launcher.isGone()).toBe(true);
  });
});
