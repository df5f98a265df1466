import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openAwsStandIn, type AwsStandIn } from '../../test/support/aws-stand-in.ts';
import { askHealth } from './health.ts';

let aws: AwsStandIn;
beforeEach(async () => {
  aws = await openAwsStandIn();
});
afterEach(async () => aws.close());

const ask = async (token: string | null, pause?: () => Promise<void>): Promise<string> =>
  askHealth({
    restUrl: `${aws.url}/live/`,
    token,
    patienceMs: pause === undefined ? 0 : 60_000,
    pause: pause ?? (async () => undefined),
  });

describe('the health of an API that was deployed', () => {
  it('is asked with the token where there is one', async () => {
    expect(await ask(null)).toContain('with MILLRACE_TOKEN set, /v1/status is asked, too');
    aws.token = 'signed';
    expect(await ask('signed')).toBe(`${aws.url}/live/v1/health and /v1/status answer`);
    await expect(ask('forged')).rejects.toThrow(`GET ${aws.url}/live/v1/status: expected 200, got 401`);
  });

  it('may take its time to come up', async () => {
    aws.healthStatus = 503;
    await expect(ask(null)).rejects.toThrow(`GET ${aws.url}/live/v1/health: expected 200, got 503`);
    await ask(null, async () => void (aws.healthStatus = 200));
  });

  it('is none where nobody answers', async () => {
    await expect(
      askHealth({ restUrl: 'http://127.0.0.1:1/', token: null, patienceMs: 0, pause: async () => undefined }),
    ).rejects.toThrow(/^GET http:\/\/127\.0\.0\.1:1\/v1\/health: expected 200, got \S+/);
  });
});
