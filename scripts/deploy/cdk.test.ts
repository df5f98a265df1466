import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { openCdk } from './cdk.ts';

const said: string[] = [];
const cdkFor = (stage: 'dev' | 'prod', context: Readonly<Record<string, string>>) =>
  openCdk(
    { stage, context, outputFolder: join(temporaryFolder(), 'cdk.out') },
    (text) => said.push(text),
    new AbortController().signal,
  );

describe('CDK', () => {
  it('says in one line what the app refuses: prod whose alarms would reach nobody', async () => {
    const refused = cdkFor('prod', {}).synthesize(null);
    await expect(refused).rejects.toThrow(
      /^alarms of this stage would reach nobody: expected -c alarmEmail=.*$/,
    );
  }, 60_000);

  it('synthesises stacks of which the first is what the others stand on, and knows what needs Docker', async () => {
    const { stacks, needsDocker } = await cdkFor('dev', {}).synthesize(null);
    expect(stacks.map(({ name }) => name).slice(0, 1)).toEqual(['millrace-dev-stateful']);
    expect(stacks.map(({ part }) => part)).toEqual(expect.arrayContaining(['api', 'collector', 'trading']));
    expect(needsDocker).toBe(true);
  }, 60_000);

  it('says in one line why a stack is not up', async () => {
    const cdk = cdkFor('dev', {});
    const nowhere = { folder: join(temporaryFolder(), 'none'), stacks: [], needsDocker: false };
    await expect(cdk.deploy(nowhere, 'millrace-dev-api', new Map())).rejects.toThrow(/^[^\n]*none[^\n]*$/);
    expect(said.join('')).toContain('none');
  }, 60_000);
});
