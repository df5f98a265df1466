import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { ObjectStore } from '../../ports/object-store.ts';
import { LimitExceeded } from '../../ports/state-store.ts';
import { clientOptions } from './client-options.ts';
import { ARCHIVE_BUCKET, type Environment } from './environment.ts';
import { reaching } from './reach.ts';

const MAX_KEYS_A_CALL = 1000;
/** What S3 says of a key that has an object, or to which somebody else is writing one. */
const TAKEN: ReadonlySet<string> = new Set(['PreconditionFailed', 'ConditionalRequestConflict']);

export class S3ObjectStore implements ObjectStore {
  readonly #bucket: string;
  readonly #client: S3Client;

  constructor(
    environment: Environment,
    client = new S3Client({ ...clientOptions(environment), forcePathStyle: environment.endpoint !== null }),
  ) {
    this.#bucket = environment.text(ARCHIVE_BUCKET);
    this.#client = client;
  }

  async put(key: string, body: Uint8Array, contentType: string): Promise<void> {
    const input = { Bucket: this.#bucket, Key: key, Body: body, ContentType: contentType };
    await reaching('S3', this.#client.send(new PutObjectCommand(input)));
  }

  async putNew(key: string, body: Uint8Array, contentType: string): Promise<boolean> {
    const object = { Bucket: this.#bucket, Key: key, Body: body, ContentType: contentType };
    try {
      await reaching('S3', this.#client.send(new PutObjectCommand({ ...object, IfNoneMatch: '*' })));
      return true;
    } catch (error) {
      if (error instanceof S3ServiceException && TAKEN.has(error.name)) return false;
      throw error;
    }
  }

  async get(key: string): Promise<Uint8Array | null> {
    return reaching('S3', this.#get(key));
  }

  async #get(key: string): Promise<Uint8Array | null> {
    try {
      const response = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      if (response.Body === undefined) throw new Error(`object ${key} came without a body`);
      return await response.Body.transformToByteArray();
    } catch (error) {
      if (error instanceof NoSuchKey) return null;
      throw error;
    }
  }

  async list(
    prefix: string,
    { limit, after }: { readonly limit: number; readonly after?: string },
  ): Promise<readonly string[]> {
    if (limit < 1 || limit > MAX_KEYS_A_CALL) {
      throw new LimitExceeded(`a list of ${limit} keys, expected 1 to ${MAX_KEYS_A_CALL}`);
    }
    const command = new ListObjectsV2Command({
      Bucket: this.#bucket,
      Prefix: prefix,
      MaxKeys: limit,
      ...(after === undefined ? {} : { StartAfter: after }),
    });
    const response = await reaching('S3', this.#client.send(command));
    return (response.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
  }
}
