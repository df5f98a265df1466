/** Who hears of alarms. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readAlarmReceivers } from '../../lib/config/alarm-receivers.ts';
import { at, listOf, ofType, targetOf } from './resources.ts';
import { synthesize, type Resource } from './synthesize.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (given: Record<string, string>, required = true) =>
  readAlarmReceivers({ tryGetContext: (key: string): unknown => given[key] }, required);

describe('the alarms of a stage', () => {
  it('must reach somebody before prod is synthesised, and one line says how', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'bin/app.ts')], {
      encoding: 'utf8',
      env: { ...process.env, CDK_CONTEXT_JSON: '{"stage":"prod"}' },
    });
    expect(status).toBe(2);
    expect(stderr).toBe(
      'alarms of this stage would reach nobody: expected -c alarmEmail=you@example.com, ' +
        '-c alarmUrl=https://… of an on-call service, or -c alarmSlack=WORKSPACE_ID/CHANNEL_ID\n',
    );
  });

  it('may reach nobody where only a developer looks', () => {
    expect(read({}, false)).toEqual([]);
    const { resources } = synthesize({ stage: 'dev' }, undefined, {});
    expect(ofType(resources, 'AWS::SNS::Subscription')).toEqual([]);
  }, 60_000);

  it.each([
    [{ alarmEmail: 'nobody' }, '-c alarmEmail=nobody: expected an e-mail address'],
    [{ alarmEmail: 'a@example.com,,b@example.com' }, '-c alarmEmail=a@example.com,,b@example.com: expected'],
    [{ alarmEmail: '' }, '-c alarmEmail=: expected -c alarmEmail=you@example.com'],
    [{ alarmUrl: 'http://example.com/secret' }, '-c alarmUrl: expected an address that begins with https://'],
    [{ alarmSlack: 'general' }, '-c alarmSlack=general: expected WORKSPACE_ID/CHANNEL_ID'],
    [{ alarmEmail: Array.from({ length: 11 }, (_, n) => `a${n}@example.com`).join() }, 'at most 10'],
  ])('are refused in one line when %j hears of them', (given, message) => {
    expect(() => read(given as Record<string, string>)).toThrow(message);
  });
});

describe('the topic of a stage that others are to hear', () => {
  let resources: readonly Resource[];
  beforeAll(() => {
    ({ resources } = synthesize({
      stage: 'prod',
      alarmEmail: 'one@example.com, two@example.com',
      alarmUrl: 'https://on-call.example.com/sns',
      alarmSlack: 'T0123/C0456',
    }));
  }, 60_000);

  it('tells each of them', () => {
    const [topic, ...others] = ofType(resources, 'AWS::SNS::Topic');
    expect(others).toEqual([]);
    const told = ofType(resources, 'AWS::SNS::Subscription').map(({ properties }) => {
      expect(targetOf(properties['TopicArn'])).toBe(topic!.id);
      return [properties['Protocol'], properties['Endpoint']];
    });
    expect(told).toEqual([
      ['email', 'one@example.com'],
      ['email', 'two@example.com'],
      ['https', 'https://on-call.example.com/sns'],
    ]);
    const [slack] = ofType(resources, 'AWS::Chatbot::SlackChannelConfiguration');
    expect(slack!.properties).toMatchObject({ SlackWorkspaceId: 'T0123', SlackChannelId: 'C0456' });
    expect(listOf(slack!.properties['SnsTopicArns']).map(targetOf)).toEqual([topic!.id]);
  });

  it('is encrypted under a key that alarms may use, or they would be lost without a word', () => {
    const [topic] = ofType(resources, 'AWS::SNS::Topic');
    const [key] = ofType(resources, 'AWS::KMS::Key');
    expect(targetOf(topic!.properties['KmsMasterKeyId'])).toBe(key!.id);
    expect(key!.properties['EnableKeyRotation']).toBe(true);
    expect(listOf(at(key!.properties, 'KeyPolicy', 'Statement'))).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      }),
    );
  });
});
