/** A batch of a stream that was given up, as Lambda documents the object that it leaves in a bucket. */
export interface FailedBatchOptions {
  readonly functionName: string;
  readonly records: readonly { readonly partitionKey: string; readonly data: Uint8Array }[];
}

/** https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html */
export function failedBatch({ functionName, records }: FailedBatchOptions): string {
  const functionArn = `arn:aws:lambda:us-east-1:123456789012:function:${functionName}`;
  const streamArn = 'arn:aws:kinesis:us-east-1:123456789012:stream/some-stream';
  const payload = {
    Records: records.map(({ partitionKey, data }, i) => ({
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey,
        sequenceNumber: `4960118965842235937883629852182763847532018901230970472${i}`,
        data: Buffer.from(data).toString('base64'),
        approximateArrivalTimestamp: 1_573_692_000 + i,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `shardId-000000000001:4960118965842235937883629852182763847532018901230970472${i}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: 'arn:aws:iam::123456789012:role/some-role',
      awsRegion: 'us-east-1',
      eventSourceARN: streamArn,
    })),
  };
  return JSON.stringify({
    requestContext: {
      requestId: 'c9b8fa9f-5a7f-xmpl-af9c-0c604cde93a5',
      functionArn,
      condition: 'RecordAgeExceeded',
      approximateInvokeCount: 312,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '2019-11-14T00:38:06.021Z',
    KinesisBatchInfo: {
      shardId: 'shardId-000000000001',
      startSequenceNumber: payload.Records[0]?.kinesis.sequenceNumber,
      endSequenceNumber: payload.Records.at(-1)?.kinesis.sequenceNumber,
      approximateArrivalOfFirstRecord: '2019-11-14T00:38:04.835Z',
      approximateArrivalOfLastRecord: '2019-11-14T00:38:05.580Z',
      batchSize: records.length,
      streamArn,
    },
    payload: JSON.stringify(payload),
  });
}

/** `aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<uuid>` */
export function failedBatchKey(mapping: string, second: number): string {
  const time = `2019-11-14T00.38.${String(second).padStart(2, '0')}`;
  return `aws/lambda/${mapping}/shardId-000000000001/2019/11/14/${time}-8a1f4c62-5f0e-4d6c-9b7a-0c1d2e3f4a5b`;
}
