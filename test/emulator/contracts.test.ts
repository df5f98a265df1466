/** The AWS adapters on MiniStack, over the stateful stack alone. */
import { afterAll, beforeAll } from '@jest/globals';
import { join } from 'node:path';
import { deployPlatform } from '../../scripts/emulator/deploy.ts';
import { parseEnvironment, type Environment } from '../../shared/adapters/aws/environment.ts';
import { describeAwsAdapters } from './aws-adapters.ts';
import { openEmulator, type EmulatorUnderTest } from './emulator-under-test.ts';

let emulator: EmulatorUnderTest;
let environment: Environment;

beforeAll(async () => {
  emulator = await openEmulator();
  const deployment = await deployPlatform({
    endpoint: emulator.endpoint,
    stacks: 'stateful',
    clickHouseUrl: 'http://127.0.0.1:1',
    issuer: { issuer: 'none', audience: 'none', keys: { keys: [] } },
    outputFolder: join(emulator.folder, 'cdk.out'),
  });
  environment = parseEnvironment(deployment.variables, []);
});

afterAll(async () => emulator.close());

describeAwsAdapters(() => environment);
