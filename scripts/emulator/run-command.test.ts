import { describe, expect, it } from '@jest/globals';
import { OneLineFailure } from './one-line-failure.ts';
import { runCommand } from './run-command.ts';

const options = { cwd: import.meta.dirname, env: process.env, what: 'counting' };
const node = (script: string): readonly string[] => ['-e', script];

describe('runCommand', () => {
  it('hands on what the command says, while it says it', async () => {
    const heard: string[] = [];
    await runCommand(process.execPath, node('console.log(1); console.error(2)'), {
      ...options,
      onOutput: (text) => heard.push(text),
    });
    expect(heard.join('').split('\n').sort()).toEqual(['', '1', '2']);
  });

  it('fails with what was being done and the end of what was said', async () => {
    const failing = runCommand(
      process.execPath,
      node("console.error('x'.repeat(9000) + 'no disk'); process.exit(3)"),
      options,
    );
    await expect(failing).rejects.toThrow(OneLineFailure);
    await expect(failing).rejects.toThrow(/^counting failed \(.+: 3\)\n(x{3,})no disk$/);
    const message = await failing.catch(String);
    expect(String(message).length).toBeLessThan(4200);
  });

  it('fails when there is no such command', async () => {
    await expect(runCommand('/no/such/command', [], options)).rejects.toThrow(
      'counting failed (/no/such/command: spawn /no/such/command ENOENT)',
    );
  });
});
