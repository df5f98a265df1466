import { S3ServiceException } from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import { parseEnvironment } from './environment.ts';
import { S3ObjectStore } from './s3-object-store.ts';
import { scriptedClient } from './scripted-client.ts';

const environment = parseEnvironment({ ARCHIVE_BUCKET: 'archive' }, []);

/** What S3 answers to a put: the name of an error; null: that it is done. */
function putNew(error: string | null, httpStatusCode = 412) {
  const { client, sent } = scriptedClient<{ readonly IfNoneMatch?: string }>(() => {
    if (error === null) return {};
    const said = { name: error, $fault: 'client', $metadata: { httpStatusCode }, message: 'no' } as const;
    throw new S3ServiceException(said);
  });
  const put = new S3ObjectStore(environment, client).putNew('trades/a', Buffer.alloc(1), 'text/plain');
  return { put, sent };
}

describe('a new object in S3', () => {
  it('is put on the condition that there is none', async () => {
    const { put, sent } = putNew(null);
    expect(await put).toBe(true);
    expect(sent).toMatchObject([{ input: { Bucket: 'archive', Key: 'trades/a', IfNoneMatch: '*' } }]);
  });

  it.each([
    ['PreconditionFailed', 412],
    ['ConditionalRequestConflict', 409],
  ])('is not put where S3 says %s: somebody was first', async (name, status) => {
    expect(await putNew(name, status).put).toBe(false);
  });

  it('is not taken for one that is there when S3 refuses it otherwise', async () => {
    await expect(putNew('AccessDenied', 403).put).rejects.toThrow('no');
  });
});
